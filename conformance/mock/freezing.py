"""Records as bytes and back; files and entries of other tables are named, not copied."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from enum import Enum
from importlib import import_module
from typing import Any, ClassVar

from conformance.mock.blobs import Blob
from conformance.mock.tables import Table

Named = tuple[Any, ...]
OWN = "conformance.mock."
PLAIN = {
    "builtins": {"set", "frozenset", "bytearray", "complex"},
    "collections": {"OrderedDict", "deque", "Counter", "defaultdict"},
    "datetime": {"datetime", "date", "timedelta", "timezone"},
    "random": {"Random"},
    "uuid": {"UUID"},
}


class Unfrozen(ValueError):
    """Bytes that hold something no memory of ours can hold."""


def blob(*name: Any) -> Any:
    """Stands in frozen bytes for a file."""
    raise Unfrozen("a file was read without its store")


def entry(*name: Any) -> Any:
    """Stands in frozen bytes for an entry of a table."""
    raise Unfrozen("an entry was read without its table")


class _Freezer(pickle.Pickler):
    def __init__(
        self, out: io.BytesIO, keep: Callable[[Blob], Named], home: Callable[[Any], Named | None]
    ) -> None:
        super().__init__(out, protocol=5)
        self._keep = keep
        self._home = home
        self.kinds: set[type] = set()

    def reducer_override(self, value: Any) -> Any:
        if type(value) is Blob:
            return blob, self._keep(value)
        named = self._home(value)
        if named is not None:
            return entry, named
        self.kinds.add(type(value))
        return NotImplemented


class _Thawer(pickle.Unpickler):
    stand_ins: ClassVar[set[tuple[str, str]]] = {(blob.__module__, "blob"), (entry.__module__, "entry")}

    def __init__(self, data: bytes, fetch: Callable[..., Blob], visit: Callable[..., Any]) -> None:
        super().__init__(io.BytesIO(data))
        self._calls = {"blob": fetch, "entry": visit}

    def find_class(self, module: str, name: str) -> Any:
        """Only our own records and plain values: a file may come from anyone."""
        if (module, name) in self.stand_ins:
            return self._calls[name]
        if name in PLAIN.get(module, ()):
            return getattr(import_module(module), name)
        found = getattr(import_module(module), name, None) if module.startswith(OWN) else None
        if isinstance(found, type) and _is_record(found):
            return found
        raise Unfrozen(f"{module}.{name} is nothing a mock remembers")


def _is_record(kind: type) -> bool:
    return is_dataclass(kind) or issubclass(kind, (Table, Enum)) or "__getstate__" in vars(kind)


def _nowhere(value: Any) -> None:
    return None


@dataclass(frozen=True)
class Frozen:
    """A value as bytes, and the kinds of records in them."""

    data: bytes
    kinds: frozenset[type]


def freeze(
    value: Any, keep: Callable[[Blob], Named], home: Callable[[Any], Named | None] = _nowhere
) -> Frozen:
    """A value as bytes; `keep` names its files, `home` what belongs to a table."""
    out = io.BytesIO()
    freezer = _Freezer(out, keep, home)
    freezer.dump(value)
    return Frozen(out.getvalue(), frozenset(filter(is_dataclass, freezer.kinds)))


def thaw(data: bytes, fetch: Callable[..., Blob], visit: Callable[..., Any] = entry) -> Any:
    """The value of frozen bytes; raises Unfrozen for what cannot be one."""
    try:
        return _Thawer(data, fetch, visit).load()
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, TypeError) as error:
        raise Unfrozen(f"cannot be read: {error}") from error


def plain(data: bytes) -> Any:
    """The value of frozen bytes that name nothing else."""
    return thaw(data, blob)
