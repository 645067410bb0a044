"""A live service as the command line, the environment and the target file describe it, in this order."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from conformance.contract import load
from conformance.credentials import (
    ClientCredentials,
    Command,
    Fixed,
    NoToken,
    Source,
    Tokens,
    alone,
    printed,
    sendable,
    variable,
)
from conformance.names import UnknownName, known
from conformance.target import GUID, IDENTITIES, MADE_UP, MAIN, ROLES, Network, Target, TargetError
from conformance.targetfile import TargetFile
from conformance.transport.connection import trust


def live_target(
    url: str, itwins: tuple[str, ...], file: TargetFile, *, dedicated: bool = False, read_only: bool = False
) -> Target:
    """Describe a live service; raises TargetError."""
    if read_only and not file.get("target", "imodels"):
        raise TargetError("--read-only looks at iModels that imodels.toml names: [target] imodels")
    _check_url(url)
    if not itwins:
        raise TargetError("a live target needs --itwin GUID: the iTwin in which the run may make iModels")
    network = _network(file)
    try:
        return Target(
            url.rstrip("/"),
            _guids("--itwin", itwins),
            Tokens(_sources(file, network)),
            read_only=read_only,
            dedicated=dedicated or bool(file.get("target", "dedicated", False)),
            timeout=float(file.get("network", "timeout", 30.0)),
            not_offered=frozenset(
                known("operation", file.get("target", "not-offered", ()), load().operations)
            ),
            roles=_roles(file),
            network=network,
            imodels=_guids("imodels", tuple(file.get("target", "imodels", ()))),
            baseline=_bytes(file, file.get("files", "baseline", "")),
        )
    except UnknownName as error:
        raise TargetError(f"{file.path}: not-offered: {error}") from error


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = None
    if not usable or parts.query or parts.fragment:
        raise TargetError(f"--target {url!r} is not a base URL; write e.g. https://api.bentley.com/imodels")
    if parts.username or parts.password:
        raise TargetError("--target must not carry a user or password; tokens come from IMODELS_TOKEN")


def _guids(what: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        if not GUID.fullmatch(text):
            raise TargetError(f"{what} {text!r} is not a GUID")
    found = tuple(text.lower() for text in texts)
    if len({*found}) < len(found):
        raise TargetError(f"{what}: the same twice; a second one must be another")
    return found


def _sources(file: TargetFile, network: Network) -> Mapping[str, Source]:
    found: dict[str, Source] = {}
    for name, usual in IDENTITIES.items():
        if os.environ.get(usual, "").strip():
            found[name] = Fixed(alone(f"that in {usual}", variable(usual)))
        elif name in file.identities and (source := _source(name, file.identities[name], network)):
            found[name] = source
    if MAIN not in found:
        raise TargetError(
            "set IMODELS_TOKEN to a bearer token that may create and delete iModels in that iTwin"
        )
    return found


def _source(name: str, table: Mapping[str, Any], network: Network) -> Source | None:
    ways = [way for way in ("token-env", "token-command", "token-url") if table.get(way)]
    if len(ways) > 1:
        raise TargetError(f"[identities.{name}] says {' and '.join(ways)}: one of them is enough")
    if "token-env" in ways:
        held = table["token-env"]
        return Fixed(alone(f"that in {held}", _set(f"[identities.{name}]", held)))
    if "token-command" in ways:
        return Command(tuple(table["token-command"]))
    return _application(name, table, network) if ways else None


def _application(name: str, table: Mapping[str, Any], network: Network) -> Source:
    where = f"[identities.{name}]"
    if not table.get("client-id"):
        raise TargetError(f"{where} has a token-url and so needs a client-id")
    if "client-secret-command" in table:
        secret = partial(printed, tuple(table["client-secret-command"]))
    elif "client-secret-env" in table:
        secret = partial(str, _set(where, table["client-secret-env"]))
    else:
        raise TargetError(f"{where} needs client-secret-env or client-secret-command")
    url = table["token-url"]
    if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in {"127.0.0.1", "::1", "localhost"}:
        raise TargetError(f"{where} token-url must be https: a secret is sent there")
    own = trust(network) if network.ca else None
    return ClientCredentials(url, table["client-id"], secret, table.get("scope", ""), network.proxy, own)


def _roles(file: TargetFile) -> Mapping[str, str]:
    given = {name: os.environ.get(usual, "").strip() for name, usual in ROLES.items()}
    said = {name: str(table.get("role", "")) for name, table in file.identities.items()}
    return {name: role for name in ROLES if (role := given[name] or said.get(name, ""))}


def _network(file: TargetFile) -> Network:
    hidden = {n: _header(held, "[network]") for n, held in file.get("network", "headers-env", {}).items()}
    proxy = file.get("network", "proxy") or None
    if file.get("network", "proxy-env"):
        proxy = _set("[network]", file.get("network", "proxy-env"))
    password = urlsplit(proxy).password if proxy else None
    for name, text in hidden.items():
        if not (text.isascii() and text.isprintable()):
            raise TargetError(f"{file.path}: [network] headers-env {name}: no header carries what it holds")
    network = Network(
        proxy,
        _path(file, "ca"),
        _path(file, "client-certificate"),
        _path(file, "client-key"),
        {**file.get("network", "headers", {}), **hidden},
        (*hidden.values(), *((password, unquote(password)) if password else ())),
    )
    _check_network(file, network)
    return network


def _check_network(file: TargetFile, network: Network) -> None:
    try:
        context = trust(network)
        if network.certificate:
            context.load_cert_chain(network.certificate, network.key or None, password="")
    except OSError as error:
        raise TargetError(f"{file.path}: [network] ca, client-certificate or client-key: {error}") from error
    if network.proxy and urlsplit(network.proxy).scheme not in {"http", "https"}:
        raise TargetError(f"{file.path}: [network] proxy is not like http://proxy.example:3128")


def _path(file: TargetFile, key: str) -> str:
    named = file.get("network", key, "")
    if not named:
        return ""
    path = file.beside(named)
    if not path.is_file():
        raise TargetError(f"{file.path}: [network] {key}: no file {path}")
    return str(path)


def _bytes(file: TargetFile, named: str) -> bytes:
    try:
        return file.beside(named).read_bytes() if named else MADE_UP
    except OSError as error:
        raise TargetError(f"{file.path}: [files] baseline: {error.strerror}") from error


def _set(where: str, name: str) -> str:
    try:
        return variable(name)
    except NoToken as error:
        raise TargetError(f"{where} {error}") from error


def _header(name: str, where: str) -> str:
    """What an environment variable holds, where a header can hold it too."""
    try:
        return sendable(f"the environment variable {name}", variable(name))
    except NoToken as error:
        raise TargetError(f"{where} {error}") from error
