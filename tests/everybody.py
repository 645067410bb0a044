"""Everyone that a mock knows, as the environment of a run that reaches it like a service."""

from __future__ import annotations

from conformance.mock import tokens
from conformance.runner.run import MOCK_IDENTITIES
from conformance.target import IDENTITIES, ROLES

_NAMES = dict(zip(IDENTITIES, MOCK_IDENTITIES, strict=True))
TOKENS = {variable: tokens.token(_NAMES[name]) for name, variable in IDENTITIES.items()}
THEIR_ROLES = {variable: tokens.ROLES[_NAMES[name]] for name, variable in ROLES.items()}
