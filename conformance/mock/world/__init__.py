"""Worlds: the state a mock starts with, described in YAML."""

from conformance.mock.world.build import populate
from conformance.mock.world.read import World, WorldError, read_world

__all__ = ["World", "WorldError", "populate", "read_world"]
