"""Reading a world: YAML held against a schema, the first fault told in one line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from conformance.document import parsed

LARGEST = 16 * 1024 * 1024


class WorldError(Exception):
    """A world that cannot be, said in one line."""


@dataclass(frozen=True)
class World:
    """A description that has the right form."""

    path: Path
    identities: dict[str, dict[str, Any]]
    itwins: list[dict[str, Any]]
    clock: datetime | None = None

    def wrong(self, place: str, text: str) -> WorldError:
        """What to raise for a fault at a place."""
        return WorldError(f"{self.path}: {place}: {text}")

    def bytes_of(self, place: str, given: dict[str, Any], default: int) -> bytes:
        """The bytes a part asks for: of a file, or so many of our own."""
        if "file" not in given:
            size = given.get("size", default)
            text = place.encode() + b"\n"
            filled: bytes = (text * (size // len(text) + 1))[:size]
            return filled
        return self._content(place, self.path.parent / given["file"])

    def _content(self, place: str, file: Path) -> bytes:
        try:
            return file.read_bytes()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise self.wrong(place, f"cannot read {file}: {reason}") from error


def read_world(path: Path) -> World:
    """The world in a file; raises WorldError with one line."""
    given = _document(path)
    errors = jsonschema_rs.Draft202012Validator(_schema(), validate_formats=True).iter_errors(given)
    for error in errors:
        raise WorldError(f"{path}: {located(error.instance_path) or 'the world'}: {error.message}")
    clock = given.get("clock")
    return World(
        path,
        {name: identity or {} for name, identity in given.get("identities", {}).items()},
        given.get("itwins", []),
        datetime.fromisoformat(clock) if clock else None,
    )


def located(steps: Iterable[str | int]) -> str:
    """The path to a part, as a reader would write it."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(Path(__file__).with_name("schema.json").read_bytes())
    return schema


def _document(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise WorldError(f"{path}: larger than {LARGEST} bytes")
        given = parsed(raw)
        # What goes round in circles by its anchors, or is no text, cannot be JSON.
        given = json.loads(json.dumps({} if given is None else given))
    except OSError as error:
        raise WorldError(f"{path}: {error.strerror or error}") from error
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        raise WorldError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(given, dict):
        raise WorldError(f"{path}: not a world: no mapping")
    return given
