"""Guards, named by the requirement they enforce; a service can drop any of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from conformance.mock.call import Call

Guard = TypeVar("Guard", bound=Callable[..., object])

RULES: set[str] = set()


def declare(name: str) -> str:
    """Register a rule that code asks for with `call.drops`; returns the name."""
    RULES.add(name)
    return name


def rule(name: str, otherwise: object = None) -> Callable[[Guard], Guard]:
    """Register a guard; once its rule is dropped it does nothing and returns `otherwise`."""
    declare(name)

    def register(guard: Guard) -> Guard:
        @wraps(guard)
        def guarded(call: Call, *args: Any, **kwargs: Any) -> object:
            return otherwise if call.drops(name) else guard(call, *args, **kwargs)

        return cast(Guard, guarded)

    return register
