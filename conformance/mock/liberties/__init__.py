"""Right answers of another kind, which a sound suite must accept."""

from conformance.mock.twists import Registry

liberty = Registry()
