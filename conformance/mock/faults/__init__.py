"""Wrong answers on demand, each named by the requirement it breaks, or by it and a variant after a colon."""

from conformance.mock.twists import Registry

fault = Registry()
