"""Where the tokens of a run come from: the environment, a command, or a token endpoint."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from conformance.exchange import Unreachable

PATIENCE = 60
"""Seconds a command may take to print a token, and a token endpoint to answer."""
LEEWAY = 60
"""Seconds before its end at which a token is replaced, at most a fifth of its life."""

ALONE = re.compile(r"[\x21-\x7e]+")
"""What a token is made of."""


class NoToken(Unreachable):
    """Nobody gave a token; the text says who was asked, and never what they said."""


class Source(Protocol):
    """Gives the token of one identity."""

    def token(self) -> str:
        """A token that is valid now, as far as one can know."""

    def renew(self, spent: str) -> bool:
        """Get another one since the service refused `spent`; whether there is another."""


@dataclass(frozen=True)
class Fixed:
    """A token that somebody put into the environment."""

    text: str = field(repr=False)

    def token(self) -> str:
        """That one."""
        return self.text

    def renew(self, spent: str) -> bool:
        """There is no other."""
        return False


@dataclass
class Command:
    """A command that prints a token; asked again when the service refuses the last one."""

    words: Sequence[str]
    _last: str = field(default="", repr=False)

    def token(self) -> str:
        """What it printed last."""
        self._last = self._last or printed(self.words)
        return self._last

    def renew(self, spent: str) -> bool:
        """Ask it again, unless somebody else just did."""
        if self._last == spent:
            self._last = printed(self.words)
        return self._last != spent


@dataclass
class ClientCredentials:
    """A service application that signs in by itself, again before its token ends."""

    url: str
    client: str
    secret: Callable[[], str] = field(repr=False)
    scope: str = ""
    proxy: str | None = field(default=None, repr=False)
    trust: ssl.SSLContext | None = None
    _token: Any = field(default=None, repr=False)

    def token(self) -> str:
        """The token that is at hand, or a new one where it is about to end."""
        known = self._token
        if known is None or known.is_expired(leeway=min(LEEWAY, int(known.get("expires_in") or 0) // 5)):
            self._sign_in()
        return str(self._token["access_token"])

    def renew(self, spent: str) -> bool:
        """Sign in again, unless somebody else just did."""
        if self.token() == spent:
            self._sign_in()
        return self.token() != spent

    def _sign_in(self) -> None:
        # Most runs sign in nowhere: only those that do wait for the library.
        from authlib.common.errors import AuthlibBaseError

        from conformance.signing import signed_in

        try:
            self._token = signed_in(self.url, self.client, self.secret(), self.scope, self.proxy, self.trust)
            self._token["access_token"]
        except AuthlibBaseError as error:
            raise NoToken(f"{self.url} refused client {self.client}: {error.error}") from None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise NoToken(f"{self.url} gave no token: {type(error).__name__}") from None


class Tokens(Mapping[str, str]):
    """Identity → the token it has now. Whoever must know every secret is told of each new one."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = dict(sources)
        self._used: dict[str, tuple[str, ...]] = {}
        self._lock = threading.RLock()
        self._listeners: list[Callable[[str], None]] = []

    @classmethod
    def fixed(cls, texts: Mapping[str, str]) -> Tokens:
        """Tokens that stay as they are."""
        return cls({name: Fixed(text) for name, text in texts.items()})

    def __getitem__(self, identity: str) -> str:
        with self._lock:
            token = alone(f"that of {identity}", self._sources[identity].token())
            known = self._used.get(identity, ())
            if token not in known:
                self._used[identity] = (token, *known)
                for tell in self._listeners:
                    tell(token)
            return token

    def __contains__(self, identity: object) -> bool:
        return identity in self._sources

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def listen(self, tell: Callable[[str], None]) -> None:
        """Tell of each token, those at hand included, before it is used."""
        at_hand = [source.text for source in self._sources.values() if isinstance(source, Fixed)]
        for token in (*at_hand, *(token for used in self._used.values() for token in used)):
            tell(token)
        self._listeners.append(tell)

    def used(self, identity: str) -> tuple[str, ...]:
        """The tokens an identity has had so far, the newest first; nobody is asked for one."""
        source = self._sources.get(identity)
        return (source.text,) if isinstance(source, Fixed) else self._used.get(identity, ())

    def renew(self, identity: str, refused: str) -> bool:
        """Get another token for an identity whose token the service refused; whether there is one."""
        with self._lock:
            return identity in self._sources and self._sources[identity].renew(refused)


def printed(words: Sequence[str]) -> str:
    """The first line that a command prints; raises NoToken without repeating what it said."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        raise NoToken(f"the command {words[0]} gave no secret: {type(error).__name__}") from None
    line = next(iter(done.stdout.split()), "")
    if done.returncode or not line:
        raise NoToken(f"the command {words[0]} gave no secret: exit code {done.returncode}")
    return line


def variable(name: str) -> str:
    """What an environment variable holds; raises NoToken where it holds nothing."""
    text = os.environ.get(name, "").strip()
    if not text:
        raise NoToken(f"the environment variable {name} is not set")
    return text


def alone(what: str, token: str) -> str:
    """The same token, where it is one and nothing else; raises NoToken, which does not repeat it."""
    if not ALONE.fullmatch(token):
        raise NoToken(
            f"{what} holds a blank or a character that no header carries;"
            " give the token alone, without the word Bearer"
        )
    return token


def sendable(what: str, text: str) -> str:
    """The same text, which a header can hold; raises NoToken, which does not repeat it, for any other.

    What sends a header would repeat it in its complaint, in a form in which nothing masks it.
    """
    if not text.isascii() or not text.isprintable():
        raise NoToken(f"{what} holds a character that no header can hold")
    return text
