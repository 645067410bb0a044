"""Signing in at a token endpoint with the credentials of a service application."""

from __future__ import annotations

import ssl
from typing import Any

from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import HTTPAdapter

PATIENCE = 60


class Trusting(HTTPAdapter):
    """An adapter that trusts an authority besides the usual ones."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Connect with this trust."""
        super().init_poolmanager(*arguments, **options, ssl_context=self._context)

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        """Connect with this trust through a proxy too."""
        return super().proxy_manager_for(*arguments, **options, ssl_context=self._context)


def signed_in(
    url: str, client: str, secret: str, scope: str, proxy: str | None, trust: ssl.SSLContext | None
) -> Any:
    """The token a service application gets; raises what the library and the network raise."""
    with OAuth2Session(client, secret, scope=scope or None) as session:
        if trust is not None:
            session.mount("https://", Trusting(trust))
        if proxy:
            session.proxies = {"http": proxy, "https": proxy}
        return session.fetch_token(
            url, grant_type="client_credentials", timeout=PATIENCE, allow_redirects=False
        )
