"""The points of a timeline: finding a changeset, and the checkpoint that stands at an index."""

from __future__ import annotations

import re

from conformance.mock.call import Call
from conformance.mock.entities import Changeset, Checkpoint
from conformance.mock.faults import fault
from conformance.mock.liberties import liberty
from conformance.mock.problems import Problem
from conformance.mock.rules import rule

FAILING = fault.switch("checkpoints/becomes-successful")
WAITING_UNREADABLE = liberty.switch("waiting-changesets-unreadable")

INDEX = re.compile(r"[0-9]{1,39}")
HASH = re.compile(r"[0-9a-fA-F]{40}")


def find_changeset(call: Call) -> Changeset:
    """The changeset a path names by id or by index, pushed or still pending."""
    text = call.params["changeset"]
    baseline = INDEX.fullmatch(text) is not None and int(text) == 0
    found = call.imodel.find_changeset(text) or _pending(call, text)
    if baseline:
        baseline_is_none(call)
    else:
        changeset_known(call, found)
    return found or _phantom(call, text)


def _pending(call: Call, text: str) -> Changeset | None:
    pending = call.imodel.pending
    hidden = call.reads and call.bent(WAITING_UNREADABLE)
    return pending if pending and not hidden and pending.id.lower() == text.lower() else None


@rule("changesets/unknown")
def changeset_known(call: Call, found: Changeset | None) -> None:
    """The changeset must be in the iModel."""
    if found is None:
        raise Problem("ChangesetNotFound")


@rule("changesets/baseline-not-listed")
def baseline_is_none(call: Call) -> None:
    """The baseline is no changeset."""
    raise Problem("ChangesetNotFound")


def _phantom(call: Call, text: str) -> Changeset:
    id = text if HASH.fullmatch(text) else f"{call.store.random.getrandbits(160):040x}"
    phantom = Changeset(id, "", 2, 1, call.imodel.creator_id, call.now)
    phantom.index = int(text) if INDEX.fullmatch(text) else len(call.imodel.timeline) + 1
    # At the index of the baseline only a changeset that waits for its file is well-formed.
    phantom.pushed = call.now if phantom.index else None
    return phantom


def made(call: Call, changeset: Changeset) -> bool:
    """Whether somebody made the changeset; none was if a dropped rule let it through."""
    return changeset is call.imodel.pending or changeset.id.lower() in call.imodel.changesets


def checkpoint_at(call: Call, index: int) -> Checkpoint | None:
    """The checkpoint of exactly this point; the baseline has one as soon as the iModel is initialized."""
    found = call.imodel.checkpoints.get(index)
    if found is None and index == 0 and call.imodel.initialized(call.now):
        return Checkpoint(None, 0, call.imodel.ready)
    return found


def over(call: Call, checkpoint: Checkpoint) -> bool:
    """Whether the work on a checkpoint is done, well or not."""
    return checkpoint.ready is not None and checkpoint.ready <= call.now


def successful(call: Call, checkpoint: Checkpoint) -> bool:
    """Whether the file of a checkpoint is there."""
    return over(call, checkpoint) and not checkpoint.failed


def successful_ones(call: Call) -> list[Checkpoint]:
    """All checkpoints whose file is there, the lowest point first."""
    indexes = sorted({0, *call.imodel.checkpoints})
    found = [checkpoint_at(call, index) for index in indexes]
    return [checkpoint for checkpoint in found if checkpoint and successful(call, checkpoint)]


def schedule(call: Call, changeset_id: str | None, index: int) -> Checkpoint:
    """Have the checkpoint of a point made, from now on."""
    made = Checkpoint(changeset_id, index, call.work(), failed=call.bent(FAILING))
    call.imodel.checkpoints[index] = made
    return made
