"""The connections of a run: proxy, trust, and the certificate it shows."""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit

import httpx

from conformance.target import Network, Target


def connect(target: Target) -> httpx.Client:
    """A client that follows no redirect, and shows its certificate to the target only."""
    network = target.network
    parts = urlsplit(target.base_url)
    mounts = {}
    if network.certificate:
        shown = trust(network)
        shown.load_cert_chain(network.certificate, network.key or None)
        mounts[f"{parts.scheme}://{parts.netloc}"] = httpx.HTTPTransport(verify=shown, proxy=network.proxy)
    return httpx.Client(
        timeout=target.timeout,
        follow_redirects=False,
        trust_env=not target.embedded,
        verify=trust(network) if network.ca else True,
        proxy=network.proxy,
        mounts=mounts,
    )


def trust(network: Network) -> ssl.SSLContext:
    """The usual authorities, and the own one where there is one."""
    context = httpx.create_ssl_context()
    if network.ca:
        context.load_verify_locations(network.ca)
    return context
