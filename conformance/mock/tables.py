"""Tables of a memory: dicts that tell a watcher which entries a request touched."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, ValuesView
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")
_NOTHING: Any = object()


class Table(dict[K, V]):
    """A dict; while it is watched, what is taken from it counts as touched, since it may be changed then."""

    # In the order of touching, so that new entries are kept in the order they came.
    watcher: dict[K, None] | None = None

    def _touch(self, key: K) -> None:
        if self.watcher is not None:
            self.watcher[key] = None

    def _touch_all(self) -> None:
        if self.watcher is not None:
            self.watcher.update(dict.fromkeys(self))

    def __getitem__(self, key: K, /) -> V:
        self._touch(key)
        return super().__getitem__(key)

    def __setitem__(self, key: K, value: V, /) -> None:
        self._touch(key)
        super().__setitem__(key, value)

    def __delitem__(self, key: K, /) -> None:
        self._touch(key)
        super().__delitem__(key)

    def get(self, key: K, default: Any = None, /) -> Any:
        """The entry of a key, or the default."""
        self._touch(key)
        return super().get(key, default)

    def setdefault(self, key: K, default: Any = None, /) -> Any:
        """The entry of a key; the default becomes it if there is none."""
        self._touch(key)
        return super().setdefault(key, default)

    def pop(self, key: K, default: Any = _NOTHING, /) -> Any:
        """Take an entry out."""
        self._touch(key)
        return super().pop(key) if default is _NOTHING else super().pop(key, default)

    def popitem(self) -> tuple[K, V]:
        """Take the last entry out."""
        self._touch_all()
        return super().popitem()

    def clear(self) -> None:
        """Take all entries out."""
        self._touch_all()
        super().clear()

    def update(self, *others: Any, **named: Any) -> None:
        """Put many entries in."""
        for key, value in dict(*others, **named).items():
            self[key] = value

    def __ior__(self, other: Any) -> Table[K, V]:  # type: ignore[override, misc]
        self.update(other)
        return self

    def values(self) -> ValuesView[V]:  # type: ignore[override]
        """All entries."""
        self._touch_all()
        return super().values()

    def items(self) -> ItemsView[K, V]:  # type: ignore[override]
        """All keys with their entries."""
        self._touch_all()
        return super().items()

    def __reduce__(self) -> tuple[Any, ...]:
        return Table, (dict(self),)


class Memory:
    """Something to remember: each dict it is given becomes a table, so whoever keeps it sees what changes."""

    # What a memory works with and need not be kept.
    apart: frozenset[str] = frozenset()

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, Table(value) if type(value) is dict else value)


Path = tuple[str, ...]


def parts(memory: Memory, above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Everything a memory holds, by path: tables, and single values beside them."""
    for name, value in vars(memory).items():
        if name in memory.apart:
            continue
        if isinstance(value, Memory):
            yield from parts(value, (*above, name))
        else:
            yield (*above, name), value


def assign(memory: Memory, path: Path, value: Any) -> None:
    """Put a value where `parts` found it."""
    for name in path[:-1]:
        memory = getattr(memory, name)
    setattr(memory, path[-1], value)
