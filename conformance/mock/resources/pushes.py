"""Pushes: announce a changeset, and complete it once its file is in storage."""

from __future__ import annotations

import re

from conformance.mock.blobs import Blob
from conformance.mock.call import Answer, Call
from conformance.mock.entities import Briefcase, Changeset, ChangesetGroup
from conformance.mock.faults import fault
from conformance.mock.gaps import gap
from conformance.mock.handlers import finding, handler
from conformance.mock.liberties import liberty
from conformance.mock.points import find_changeset, made
from conformance.mock.problems import Problem, invalid
from conformance.mock.resources.changesets import entity, fresh
from conformance.mock.rules import rule
from conformance.mock.store import container
from conformance.mock.validate import ODD_IDS
from conformance.mock.views import link, ok, storage_link

SIZE_MISREAD = fault.switch("changesets/size-must-match")
GROUP_LOST = fault.switch("changesets/group-is-kept")
GROUP_LOST_LATER = fault.switch("answers/follow-the-history:group")
BEGUN_LATE = fault.switch("changesets/parent-won-once")
COMPLETED_LATE = fault.switch("changesets/completed-once")

MANY_CHANGES = liberty.switch("unknown-containing-changes")
GROUP_422 = liberty.switch("unknown-group-422")
OTHERS_BRIEFCASE_404 = liberty.switch("push-with-anothers-briefcase-404")
OTHERS_BRIEFCASE_409 = liberty.switch("push-with-anothers-briefcase-409")
FIRST_PARENT_404 = liberty.switch("first-parent-404")
FIRST_PARENT_422 = liberty.switch("first-parent-422")
PARENT_FIRST = liberty.switch("parent-before-id")
OPEN_PUSH_CONFLICTS = liberty.switch("own-open-push-conflicts")
OPEN_PUSH_EXISTS = liberty.switch("own-open-push-exists")
TWICE_200 = liberty.switch("complete-twice-200")
TWICE_422 = liberty.switch("complete-twice-422")
OTHER_BRIEFCASE_403 = liberty.switch("complete-with-other-briefcase-403")
OTHER_BRIEFCASE_404 = liberty.switch("complete-with-other-briefcase-404")
OTHER_BRIEFCASE_422 = liberty.switch("complete-with-other-briefcase-422")
SIZE_ACCEPTED = liberty.switch("other-size-accepted")
SIZE_422 = liberty.switch("other-size-422")

ALL_CHANGES = 127
ODD_ID = re.compile(r"[0-9a-fA-F]{40}|(?![0-9]+$)[0-9A-Za-z._-]{1,80}")


@handler("create-imodel-changeset")
async def create_changeset(call: Call) -> Answer:
    """Announce a changeset whose file is to come."""
    id = call.text("id") or f"{call.store.random.getrandbits(160):040x}"
    values_known(call, id)
    briefcase = call.imodel.briefcases.get(call.number("briefcaseId") or 0)
    pusher_known(call, briefcase)
    group = call.imodel.groups.get((call.text("groupId") or "").lower())
    group_known(call, group)
    group_open(call, group)
    if briefcase is not None:
        own_briefcase(call, briefcase)
    for guard in (parent_is_latest, id_free) if call.bent(PARENT_FIRST) else (id_free, parent_is_latest):
        guard(call, id)
    nobody_else_pushes(call)
    own_push_replaced(call)
    await gap(call, BEGUN_LATE)
    return _announced(call, _pending(call, id))


async def announced_and_done(call: Call) -> Answer:
    """Announce a changeset that nobody will complete; without a word about it it goes on top."""
    timeline = call.imodel.timeline
    if call.body:
        answer = await create_changeset(call)
    else:
        call.body = {"parentId": timeline[-1].id} if timeline else {}
        answer = _announced(call, _pending(call, f"{call.store.random.getrandbits(160):040x}"))
    if changeset := call.imodel.pending:
        changeset.pushed, call.imodel.pending = call.now, None
        call.imodel.append(changeset)
    return answer


@rule("requests/undocumented-fault")
def values_known(call: Call, id: str) -> None:
    """Flags of changes beyond the known ones are refused, and ids that cannot stand in a path."""
    if (call.number("containingChanges") or 0) > ALL_CHANGES and not call.bent(MANY_CHANGES):
        raise invalid("InvalidValue", "containingChanges")
    if call.bent(ODD_IDS) and not ODD_ID.fullmatch(id):
        raise invalid("InvalidValue", "id")


@rule("changesets/unknown-briefcase")
def pusher_known(call: Call, briefcase: Briefcase | None) -> None:
    """The briefcase must be held."""
    if briefcase is None:
        raise Problem("BriefcaseNotFound")


@rule("changesets/unknown-group")
def group_known(call: Call, group: ChangesetGroup | None) -> None:
    """The group, if one is named, must exist."""
    if group is None and call.text("groupId") is not None:
        raise (
            invalid("InvalidValue", "groupId") if call.bent(GROUP_422) else Problem("ChangesetGroupNotFound")
        )


@rule("changesets/group-must-be-open")
def group_open(call: Call, group: ChangesetGroup | None) -> None:
    """Nothing joins a closed group."""
    if group is not None and group.state(call.now) != "inProgress":
        raise Problem("ChangesetGroupIsClosed")


def own_briefcase(call: Call, briefcase: Briefcase) -> None:
    """Nobody pushes with the briefcase of another."""
    if briefcase.owner_id != call.caller.id:
        if call.bent(OTHERS_BRIEFCASE_404):
            raise Problem("BriefcaseNotFound")
        raise Problem(
            "ConflictWithAnotherUser" if call.bent(OTHERS_BRIEFCASE_409) else "InsufficientPermissions"
        )


@rule("changesets/id-unique")
def id_free(call: Call, id: str) -> None:
    """The iModel must not have the changeset yet."""
    if id.lower() in call.imodel.changesets:
        raise Problem("ChangesetExists")


@rule("changesets/parent-exists")
def parent_is_latest(call: Call, id: str) -> None:
    """The parent must be the latest changeset, and nothing for the first."""
    timeline, parent = call.imodel.timeline, call.text("parentId") or ""
    if parent.lower() == (timeline[-1].id.lower() if timeline else ""):
        return
    if not timeline and call.bent(FIRST_PARENT_404):
        raise Problem("ChangesetNotFound")
    if not timeline and call.bent(FIRST_PARENT_422):
        raise invalid("InvalidValue", "parentId")
    raise Problem("NewerChangesExist")


@rule("changesets/one-push-at-a-time")
def nobody_else_pushes(call: Call) -> None:
    """No other user may have a push under way."""
    pending = call.imodel.pending
    if pending and pending.creator_id != call.caller.id and not _expired(call, pending):
        raise Problem("ConflictWithAnotherUser")


def own_push_replaced(call: Call) -> None:
    """A push of one's own that is still open gives way to the next."""
    pending = call.imodel.pending
    if pending and pending.creator_id == call.caller.id and not _expired(call, pending):
        if call.bent(OPEN_PUSH_CONFLICTS):
            raise Problem("ConflictWithAnotherUser")
        if call.bent(OPEN_PUSH_EXISTS):
            raise Problem("ChangesetExists")


def _expired(call: Call, pending: Changeset) -> bool:
    age = call.now - pending.created
    return age.total_seconds() >= call.settings.push_expires_seconds


def _pending(call: Call, id: str) -> Changeset:
    information = call.object("synchronizationInfo")
    if information is not None:
        information = {name: information.get(name) for name in ("taskId", "changedFiles")}
    call.imodel.pending = Changeset(
        id,
        call.text("parentId") or "",
        call.number("briefcaseId") or 0,
        call.number("fileSize") or 0,
        call.caller.id,
        call.now,
        description=call.text("description"),
        containing_changes=call.number("containingChanges") or 0,
        group_id=call.text("groupId"),
        application=call.caller.application,
        synchronization_info=information,
    )
    if id.lower() not in call.imodel.changesets:
        call.store.blobs.discard(container(call.imodel), f"{id}.cs")
    return call.imodel.pending


def _announced(call: Call, changeset: Changeset) -> Answer:
    whole = fresh(call, changeset)
    del whole["_links"]["download"]
    whole["_links"] |= {
        "upload": storage_link(call, container(call.imodel), f"{changeset.id}.cs", "rw"),
        "complete": link(call, call.imodel.id, "changesets", changeset.id),
    }
    return ok("changeset", whole, 201)


@finding("update-imodel-changeset", find_changeset)
async def complete_changeset(call: Call, changeset: Changeset) -> Answer:
    """Complete a push: its file is in storage."""
    if not made(call, changeset):
        return ok("changeset", fresh(call, changeset))
    number = call.number("briefcaseId")
    completer_known(call, number)
    if changeset.pushed is not None:
        return _again(call, changeset)
    if changeset.creator_id != call.caller.id:
        raise Problem("ConflictWithAnotherUser")
    same_briefcase(call, changeset, number)
    blob = call.store.blobs.get(container(call.imodel), f"{changeset.id}.cs")
    file_uploaded(call, blob)
    size_matches(call, changeset, blob)
    await gap(call, COMPLETED_LATE)
    changeset.pushed, call.imodel.pending = call.now, None
    if call.bent(GROUP_LOST) or (call.bent(GROUP_LOST_LATER) and _others_closed(call)):
        changeset.group_id = None
    call.imodel.append(changeset)
    return ok("changeset", fresh(call, changeset))


def _others_closed(call: Call) -> bool:
    return any(group.state(call.now) != "inProgress" for group in call.imodel.groups.values())


@rule("changesets/complete-with-unknown-briefcase")
def completer_known(call: Call, number: int | None) -> None:
    """The briefcase must be held."""
    if number is not None and number not in call.imodel.briefcases:
        raise Problem("BriefcaseNotFound")


def _again(call: Call, changeset: Changeset) -> Answer:
    if call.bent(TWICE_200):
        return ok("changeset", entity(call, changeset))
    raise invalid("InvalidValue", "state") if call.bent(TWICE_422) else Problem("ChangesetExists")


def same_briefcase(call: Call, changeset: Changeset, number: int | None) -> None:
    """A push is completed with the briefcase it began with."""
    if number not in call.imodel.briefcases or number == changeset.briefcase_id:
        return
    if call.bent(OTHER_BRIEFCASE_422):
        raise invalid("InvalidValue", "briefcaseId")
    if call.bent(OTHER_BRIEFCASE_404):
        raise Problem("BriefcaseNotFound")
    raise Problem("InsufficientPermissions" if call.bent(OTHER_BRIEFCASE_403) else "ConflictWithAnotherUser")


@rule("changesets/file-must-be-uploaded")
def file_uploaded(call: Call, blob: Blob | None) -> None:
    """The file must be in storage."""
    if blob is None:
        raise Problem("FileNotFound")


def size_matches(call: Call, changeset: Changeset, blob: Blob | None) -> None:
    """The file must be as long as was announced."""
    if blob is None or len(blob.data) == changeset.file_size or call.bent(SIZE_ACCEPTED):
        return
    if call.bent(SIZE_422):
        raise invalid("InvalidValue", "fileSize")
    raise Problem("FileNotFound" if call.bent(SIZE_MISREAD) else "DataConflict")
