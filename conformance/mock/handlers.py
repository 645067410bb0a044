"""The handlers of a mock, by operation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from conformance.mock.call import Answer, Call

T_contra = TypeVar("T_contra", contravariant=True)
T = TypeVar("T")
Plain = Callable[[Call], Awaitable[Answer]]


class Found(Protocol[T_contra]):
    """A handler that takes what was found for it."""

    def __call__(self, call: Call, found: T_contra, /) -> Awaitable[Answer]: ...


@dataclass(frozen=True)
class Handler:
    """How one operation is answered: find what it is about, then act."""

    act: Callable[..., Awaitable[Answer]]
    finds: Callable[[Call], Any] | None = None
    before_ready: bool = False


HANDLERS: dict[str, Handler] = {}


def handler(operation: str, *, before_ready: bool = False) -> Callable[[Plain], Plain]:
    """Register the handler of an operation; `before_ready` lets it write before the iModel is initialized."""

    def register(act: Plain) -> Plain:
        HANDLERS[operation] = Handler(act, before_ready=before_ready)
        return act

    return register


def finding(
    operation: str, finds: Callable[[Call], T], *, before_ready: bool = False
) -> Callable[[Found[T]], Found[T]]:
    """Register a handler with its finder, which refuses with a 404 before permissions are looked at."""

    def register(act: Found[T]) -> Found[T]:
        HANDLERS[operation] = Handler(act, finds, before_ready)
        return act

    return register
