"""Faults whose answer nobody has settled: which statuses are right there, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

REFUSED = (400, 403, 404, 405, 406, 409, 411, 413, 414, 415, 422)
"""Any refusal of a request, where no particular one is documented."""
ANYTHING = (200, 201, 202, 204, *REFUSED)


@dataclass(frozen=True)
class Tolerance:
    """Patterns of operation, member and kind of fault, and the statuses that are all right there."""

    operation: str
    member: str
    kind: str
    statuses: tuple[int, ...]
    reason: str


TOLERANCES = (
    Tolerance("*", "*", "null", ANYTHING, "null may mean absent, clear it, or nothing at all"),
    Tolerance("*", "$top", "*", (200, 422), "another page size and an error are both announced"),
    Tolerance("*", "$orderBy", "*", (200, 422), "an unknown property may be ignored"),
    Tolerance("get-*", "state", "enum", ANYTHING, "an unknown state to filter by may be ignored"),
    Tolerance("*", "$search", "*", (200, 422), "a blank search may be ignored"),
    Tolerance("get-*", "iTwinId", "missing", (400, 404, 422), "only the refusal is certain"),
    Tolerance("*", "afterChangesetIndex", "missing", (400, 404, 422), "only the refusal is certain"),
    Tolerance(
        "get-my-*", "$skip and $continuationToken", "exclusive", (200, 422), "$skip may mean nothing there"
    ),
    Tolerance(
        "*", "$skip and $continuationToken", "exclusive", (422,), "which detail it gets is not documented"
    ),
    Tolerance(
        "*", "changesetId and changesetIndex", "exclusive", (422,), "which detail it gets is not documented"
    ),
    Tolerance("*", "Prefer", "*", (200, 422), "an unknown preference may be ignored"),
    Tolerance("*", "userId", "*", (404, 422), "a malformed id may be an unknown one"),
    Tolerance("*", "changesetGroupId", "*", (404, 422), "a malformed id may be an unknown one"),
    Tolerance("*", "shareId", "*", (404, 422), "a malformed id may be an unknown one"),
    Tolerance("create-imodel-share", "expiresAt", "missing", (201, 422), "it may have a default"),
    Tolerance("create-imodel-share", "permission", "missing", (201, 422), "it may have a default"),
    Tolerance("*", "namedVersionId", "*", (404, 422), "a malformed id may be an unknown one"),
    Tolerance("*", "changeset", "*", (404, 422), "a malformed id may be an unknown one"),
    Tolerance("get-*", "briefcaseId", "format", ANYTHING, "a briefcase to filter by may be unknown"),
    Tolerance(
        "create-imodel-changeset", "id", "pattern", (201, 422), "other ids than 40 hex digits may be taken"
    ),
    Tolerance("create-imodel-changeset", "containingChanges", "*", ANYTHING, "backends have sent odd flags"),
    Tolerance("update-imodel-locks", "changesetId", "pattern", (404, 422), "it may be malformed or unknown"),
    Tolerance(
        "release-imodel-locks-chunk", "changesetId", "pattern", (404, 422), "it may be malformed or unknown"
    ),
    Tolerance("update-imodel-locks", "lockedObjects", "missing", (200, 422), "it may count as an empty list"),
    Tolerance("update-imodel-locks", "lockedObjects*", "*", ANYTHING, "nothing is said about odd entries"),
)
"""The first that fits counts. Where it speaks, the fault is judged by requests/undocumented-fault alone."""


def tolerated(operation: str, member: str, kind: str) -> tuple[int, ...] | None:
    """The statuses that are all right for a fault nobody has settled; None for every other fault."""
    for known in TOLERANCES:
        if _fits(operation, known.operation) and _fits(member, known.member) and _fits(kind, known.kind):
            return known.statuses
    return None


def _fits(text: str, pattern: str) -> bool:
    return fnmatchcase(text, pattern)
