"""Access: nobody gets in without a token, and nobody does more than their permissions allow."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator

import pytest

from conformance.api import Api
from conformance.cases.draft import Draft
from conformance.cases.ground import Ground
from conformance.cases.plants import prepare
from conformance.cases.send import send
from conformance.collect import Collected
from conformance.contract import Operation, load
from conformance.exchange import Expected
from conformance.requirements import promise_of
from conformance.runner.run import Run
from conformance.target import EXPIRED

YEAR_2001, YEAR_2100 = 978_307_200, 4_102_444_800
"""As seconds since 1970."""
TOKENLESS = (
    ("access/no-token", None, "HeaderNotFound", "no token"),
    ("access/empty-token", "", "InvalidHeaderValue", "an empty header"),
    ("access/wrong-scheme", "Digest username=nobody", "InvalidAuthorizationScheme", "another scheme"),
    ("access/bad-token", "Bearer not-a-token", "", "a token nobody issued"),
)
"""Row, Authorization header, code (`""`: any of the status), what it is."""


def _unsigned(**claims: object) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    encoded = (urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"Bearer {'.'.join(encoded)}."


FORGED = (
    ("access/bad-token", _unsigned(exp=YEAR_2100), "", "a token nobody signed"),
    ("access/bad-token", _unsigned(exp=YEAR_2001), "", "a token nobody signed, expired as well"),
)
"""More of them, where requests need no counting."""
STRANGERS = (
    ("access/expired-token", EXPIRED, (401,), "", "a token that has ended"),
    ("access/outsider-sees-nothing", "outsider", (403, 404), "", "an outsider"),
    ("access/write-needs-permission", "reader", (403,), "InsufficientPermissions", "a reader who writes"),
    ("access/reader-reads", "reader", (), "", "a reader who reads"),
)
"""Row, identity, statuses (none: what the owner gets), code (`""`: any of the status), who it is."""
FEWER_RIGHTS = (
    ("access/write-needs-permission", "viewer", (403,), "InsufficientPermissions", "a viewer who writes"),
    ("access/write-needs-permission", "writer", (403,), "InsufficientPermissions", "a writer who manages"),
)
"""More of them, where requests need no counting."""
BEYOND_A_WRITER = {"imodels_manage", "imodels_delete"}
COSTS_THE_SANDBOX = {
    "delete-imodel",
    "update-imodel-role-permissions",
    "update-imodel-user-permissions",
}
"""Operations that are tried on the sandbox, which every identity sees; let through, they cost it."""


@pytest.mark.decides(
    "access/no-token",
    "access/empty-token",
    "access/wrong-scheme",
    "access/bad-token",
    "access/expired-token",
    "access/write-needs-permission",
    "access/outsider-sees-nothing",
    "access/reader-reads",
)
@pytest.mark.reads
@pytest.mark.parametrize("operation", list(load().operations))
def test_access(operation: str, run: Run, ground: Ground) -> None:
    """A request that its owner may make, made by nobody, by strangers and by callers with fewer rights."""
    collected = Collected()
    described = run.contract.operations[operation]
    draft = _draft(run, ground, described)
    for api, headers, expected in _intruders(run, described, draft, generous=ground.generous):
        accepted = len(ground.accepted)
        with collected.going_on():
            send(draft.with_headers(**headers), ground, api, expected)
        if described.method != "GET" and len(ground.accepted) > accepted:
            draft = _draft(run, ground, described)
    ground.settle()
    collected.conclude()


def _draft(run: Run, ground: Ground, operation: Operation) -> Draft:
    # Refused, they hurt nobody; let through, the sandbox is made anew.
    given = {"id": ground.sandbox.id} if operation.id in COSTS_THE_SANDBOX else {}
    return prepare(run.contract, operation.id, ground, given=given)


Intruder = tuple[Api, dict[str, str | None], Expected]


def _intruders(run: Run, operation: Operation, draft: Draft, *, generous: bool) -> Iterator[Intruder]:
    for row, header, code, what in (*TOKENLESS, *FORGED) if generous else TOKENLESS:
        if _asked(run, row, operation):
            yield run.api(""), {"authorization": header}, Expected(row, (401,), code, what=what)
    for row, who, status, code, what in (*STRANGERS, *FEWER_RIGHTS) if generous else STRANGERS:
        if who in run.target.abilities and _asked(run, row, operation) and _is_beyond(who, operation):
            # What a reader reads is judged against what its owner sees.
            expected = status or (draft.send(run.maker().api).status,)
            yield run.api(who), {}, Expected(row, expected, code, what=what)


def _is_beyond(who: str, operation: Operation) -> bool:
    """Whether an operation asks for more than the identity has; of a writer the contract tells."""
    needed = operation.permission
    return who != "writer" or (needed is not None and needed.needs in BEYOND_A_WRITER)


def _asked(run: Run, row: str, operation: Operation) -> bool:
    return promise_of(row).concerns(operation.id) and run.plan.looks_at(row, operation.id)


@pytest.mark.decides("access/imodel-level-narrows", "access/unnamed-sees-nothing")
@pytest.mark.parametrize(
    "operation",
    [
        id_
        for id_ in load().operations
        if promise_of("access/unnamed-sees-nothing").concerns(id_)
        or promise_of("access/imodel-level-narrows").concerns(id_)
    ],
)
def test_access_to_a_secured_imodel(operation: str, run: Run, guarded: Ground) -> None:
    """What the iTwin permits, asked of an iModel that permits less."""
    collected, described = Collected(), run.contract.operations[operation]
    for api, expected in _shut_out(run, described):
        draft = prepare(run.contract, operation, guarded, given=_inside(guarded, described))
        with collected.going_on():
            send(draft, guarded, api, expected)
    collected.conclude()


def _inside(guarded: Ground, operation: Operation) -> dict[str, str]:
    box = guarded.sandbox
    known = {"id": box.id}
    if operation.method == "GET":
        version = guarded.version()
        known |= {"changeset": version["changesetId"], "namedVersionId": version["id"]}
        known |= {"briefcaseId": str(box.briefcase)}
    return {name: value for name, value in known.items() if operation.parameter(name)}


def _shut_out(run: Run, operation: Operation) -> Iterator[tuple[Api, Expected]]:
    narrows, unnamed = "access/imodel-level-narrows", "access/unnamed-sees-nothing"
    present = run.target.abilities
    if "writer" in present and _asked(run, narrows, operation):
        reads = operation.method == "GET"
        code = "" if reads else "InsufficientPermissions"
        expected = Expected(narrows, (403, 404) if reads else (403,), code, what="a caller with webview")
        yield run.api("writer"), expected
    if "manager" in present and _asked(run, unnamed, operation):
        yield run.api("manager"), Expected(unnamed, (403, 404), what="a caller whom nobody named")
