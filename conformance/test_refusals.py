"""Wrong requests: each has one thing wrong and must be refused as documented."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from conformance.cases.draft import Draft
from conformance.cases.generate import MAKES_IMODELS
from conformance.cases.ground import Ground
from conformance.cases.plants import OF_SANDBOX, prepare
from conformance.cases.send import send
from conformance.cases.violations import UNDOCUMENTED, Violation, violations
from conformance.collect import Collected
from conformance.contract import Operation, load
from conformance.exchange import Expected
from conformance.relations.kinds import details_of, list_of
from conformance.requirements import promise_of
from conformance.runner.run import Run
from conformance.story import CURRENT

MALFORMED = "no-guid"
UNKNOWN = {
    "changeset": ("changesets/unknown", "ChangesetNotFound", "f" * 40),
    "changesetGroupId": (
        "changeset-groups/unknown",
        "ChangesetGroupNotFound",
        "00000000-0000-4000-8000-00000000dead",
    ),
    "namedVersionId": (
        "named-versions/unknown",
        "NamedVersionNotFound",
        "00000000-0000-4000-8000-00000000dead",
    ),
    "briefcaseId": ("briefcases/unknown", "BriefcaseNotFound", "16777214"),
    "shareId": ("shares/unknown", "ShareNotFound", "00000000-0000-4000-8000-00000000dead"),
    "userId": ("users/unknown", "UserNotFound", "00000000-0000-4000-8000-00000000dead"),
}
"""Path parameter → the row, the code and an id that nothing has."""
UNKNOWN_IMODEL = (
    "imodels/unknown-id",
    "checkpoints/unknown-imodel",
    "locks/release-chunk-unknown-imodel",
)
"""The rows about an unknown iModel: one where its 404 is documented, others where it was only seen."""
OPERATIONS = list(load().operations)


@pytest.mark.decides(
    "requests/invalid-value",
    "requests/missing-property",
    "requests/at-least-one",
    "requests/broken-json",
    "requests/media-type",
    "requests/missing-content-type",
    "requests/not-an-image",
    "requests/missing-body",
    "requests/invalid-parameter",
    "requests/too-long-description",
    "requests/undocumented-fault",
    "requests/refused-changes-nothing",
)
@pytest.mark.reads
@pytest.mark.parametrize(
    "operation", [id_ for id_ in OPERATIONS if violations(load(), load().operations[id_])]
)
def test_one_thing_wrong(operation: str, run: Run, ground: Ground) -> None:
    """Every single fault the contract lets us make, on an otherwise valid request.

    What was to be updated is read at the end, and what was to be made is looked for, for the history to tell
    whether all is as it was.
    """
    collected = Collected()
    base: Draft | None = None
    for violation in scheduled(run, ground, run.contract.operations[operation]):
        base = base or prepare(run.contract, operation, ground)
        accepted = len(ground.accepted)
        with collected.going_on():
            send(violation.change(base), ground, run.api(), violation.expected)
        if len(ground.accepted) > accepted:
            base = None
    looking = details_of(operation) or list_of(operation)
    if base is not None and looking in run.contract.operations:
        with collected.going_on():
            look_at(looking, base).send(run.api())
    ground.settle()
    collected.conclude()


def look_at(operation: str, refused: Draft) -> Draft:
    """The request that shows what the refused ones would have changed or made."""
    if "{id}" in load().operations[operation].path:
        return Draft(operation, refused.path)
    narrowed = {name: refused.body[name] for name in ("iTwinId", "name") if name in refused.body}
    return Draft(operation, query=narrowed)


def scheduled(run: Run, ground: Ground, operation: Operation) -> Iterator[Violation]:
    """The violations to send: all, or where requests are counted one of each kind that can tell something."""
    found = violations(run.contract, operation)
    if ground.generous:
        yield from found
        return
    kinds: dict[tuple[object, ...], list[Violation]] = {}
    for violation in found:
        expected = violation.expected
        documented = expected.requirement != UNDOCUMENTED
        if documented or (200 not in expected.statuses and operation.id not in MAKES_IMODELS):
            kind = expected.requirement, expected.statuses, expected.detail
            kinds.setdefault(kind, []).append(violation)
    chance = CURRENT.get().random
    yield from (chance.choice(alike) for alike in kinds.values())


@pytest.mark.decides(
    "imodels/unknown-id",
    "imodels/malformed-id",
    "checkpoints/unknown-imodel",
    "checkpoints/unknown-named-version",
    "locks/release-chunk-unknown-imodel",
    "changesets/unknown",
    "changeset-groups/unknown",
    "named-versions/unknown",
    "briefcases/unknown",
    "users/unknown",
    "shares/unknown",
)
@pytest.mark.reads
@pytest.mark.parametrize("operation", [id_ for id_ in OPERATIONS if "{id}" in load().operations[id_].path])
def test_unknown_ids(operation: str, run: Run, ground: Ground) -> None:
    """An iModel that does not exist, one whose id is no GUID, and a part that the iModel does not have."""
    collected, api = Collected(), run.api()
    described = run.contract.operations[operation]
    for draft, expected in [*_of_imodel(run, ground, described), *_of_part(run, ground, described)]:
        with collected.going_on():
            send(draft, ground, api, expected)
    ground.settle()
    collected.conclude()


def _of_imodel(run: Run, ground: Ground, operation: Operation) -> Iterator[tuple[Draft, Expected]]:
    row = first_about(operation.id, *UNKNOWN_IMODEL)
    base = prepare(run.contract, operation.id, ground, given=known_path(ground, operation))
    if row and run.plan.looks_at(row, operation.id):
        expected = Expected(row, (404,), "iModelNotFound", what="an unknown iModel")
        yield base.with_path(id=run.journal.invent()), expected
    malformed = first_about(operation.id, "imodels/malformed-id")
    if malformed and run.plan.looks_at(malformed, operation.id):
        expected = Expected("imodels/malformed-id", (404,), "iModelNotFound", what="an id that is no GUID")
        yield base.with_path(id=run.journal.remember(MALFORMED)), expected


def _of_part(run: Run, ground: Ground, operation: Operation) -> Iterator[tuple[Draft, Expected]]:
    for name, (promised, code, unknown) in UNKNOWN.items():
        row = first_about(operation.id, promised, "checkpoints/unknown-named-version")
        if row and operation.parameter(name):
            given = known_path(ground, operation) | {name: unknown}
            draft = prepare(run.contract, operation.id, ground, given=given)
            yield draft, Expected(row, (404,), code, what=f"an unknown {name}")


def first_about(operation: str, *rows: str) -> str:
    """The first of the rows that speaks of the operation, `""` when none does."""
    return next((row for row in rows if promise_of(row).concerns(operation)), "")


def known_path(ground: Ground, operation: Operation) -> dict[str, str]:
    """True path parameters that cost nothing to make: what is addressed is not to be changed anyway.

    What only the sandbox has is left to be planted.
    """
    shared = ground.timeline
    if operation.id in OF_SANDBOX:
        return {}
    known: dict[str, Callable[[], object]] = {
        "id": lambda: shared.id if operation.method == "GET" else ground.sandbox.id,
        "changeset": lambda: shared.at("changesets", 0)["id"],
        "briefcaseId": lambda: shared.at("briefcases", 0)["briefcaseId"],
        "namedVersionId": lambda: shared.at("versions", 1)["id"],
        "userId": lambda: shared.at("changesets", 0)["creatorId"],
    }
    if operation.parameter("shareId"):
        known |= {"shareId": ground.share, "id": lambda: ground.sandbox.id}
    return {name: str(value()) for name, value in known.items() if operation.parameter(name)}


@pytest.mark.decides("requests/content-type-ignored-on-reads")
@pytest.mark.parametrize("operation", promise_of("requests/content-type-ignored-on-reads").operations)
def test_content_type_on_reads(operation: str, run: Run, ground: Ground) -> None:
    """A read with a Content-Type, and a deletion of what does not exist, are answered as without it."""
    described = run.contract.operations[operation]
    given = known_path(ground, described)
    if described.method != "GET":
        given |= {"id": run.journal.invent()}
    draft = prepare(run.contract, operation, ground, given=given)
    status = draft.send(run.maker().api).status
    row = "requests/content-type-ignored-on-reads"
    typed = replace(draft, headers={**draft.headers, "content-type": "application/json"})
    typed.send(run.api(), Expected(row, (status,), what="a Content-Type without a body"))
