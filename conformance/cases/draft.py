"""A request of an operation before it is sent: plain data that generation and violations pass around."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.api import ABSENT, Api
from conformance.exchange import Exchange, Expected


@dataclass(frozen=True)
class Draft:
    """One request of an operation; `headers` override those Api sends (None takes one away)."""

    operation: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: Any = ABSENT

    def send(self, api: Api, expected: Expected | None = None) -> Exchange:
        """Send it as an identity."""
        return api(
            self.operation,
            body=self.body,
            query=self.query,
            headers=self.headers,
            expected=expected,
            **self.path,
        )

    def with_query(self, **parameters: Any) -> Draft:
        """The same request with other query parameters; None takes one away."""
        query = {**self.query, **parameters}
        return replace(self, query={name: value for name, value in query.items() if value is not None})

    def with_path(self, **parameters: str) -> Draft:
        """The same request with other path parameters."""
        return replace(self, path={**self.path, **parameters})

    def with_headers(self, **headers: str | None) -> Draft:
        """The same request with other headers; an underscore stands for the dash."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})
