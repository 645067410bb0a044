"""How a sign-in is refused, in the words of OAuth."""

from __future__ import annotations

from conformance.mock.call import Answer

UNSTORED = {"Cache-Control": "no-store"}


class NotSignedIn(Exception):
    """A refusal; whoever raises it says the error of RFC 6749."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status

    def render(self) -> Answer:
        """The answer of the token endpoint."""
        headers = dict(UNSTORED)
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="sign-in"'
        return Answer(self.status, {"error": self.error, "error_description": self.description}, headers)


def bad_request(description: str) -> NotSignedIn:
    """A request that is not put together as it must be."""
    return NotSignedIn("invalid_request", description)


def bad_grant(description: str) -> NotSignedIn:
    """A code or refresh token that is not good, or not for this application."""
    return NotSignedIn("invalid_grant", description)
