"""The steps of a walk: each does one thing, says what the model expects of it, and tells the model.

Where the documentation leaves several answers open, or only an observation stands behind one, all of them are
accepted, and the model goes on from the one that was given. What a step needs and is not there yet it makes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from conformance.exchange import Exchange
from conformance.walk.known import CLOSED, EXCLUSIVE, HIDDEN, OPEN, SHARED, VISIBLE, Pushed, Version
from conformance.walk.look import look
from conformance.walk.walk import MANAGERS, OK, Walk

T = TypeVar("T")
Act = Callable[[Walk, int, int, int], None]
NO_RIGHT = ("403 InsufficientPermissions", "404 BriefcaseNotFound")
BUSY, LATE = "409 ConflictWithAnotherUser", "409 NewerChangesExist"
NAME_TAKEN, PLACE_TAKEN = "409 NamedVersionExists", "409 NamedVersionOnChangesetExists"
MOST_BRIEFCASES = 6
OBJECTS = ("0xa1", "0xa2")
NAMES = 3


def acquire(walk: Walk, who: int, *_: int) -> None:
    """Acquire a briefcase."""
    user = walk.user(who)
    if len(walk.known.briefcases) >= MOST_BRIEFCASES:
        return look(walk)
    answer = walk.api(user)("acquire-imodel-briefcase", id=walk.known.id, body={})
    if walk.expects(f"{user} acquires a briefcase", answer, OK):
        walk.known.briefcases[int(answer.entity["briefcaseId"])] = user
    return None


def give_back(walk: Walk, who: int, which: int, _: int) -> None:
    """Release a briefcase that holds no locks."""
    user, number = walk.user(who), _pick(list(walk.known.briefcases), which)
    if number is None or any(walk.known.holdings(number)):
        return acquire(walk, who)
    allowed = walk.known.briefcases[number] == user or user in MANAGERS
    answer = walk.api(user)("release-imodel-briefcase", id=walk.known.id, briefcaseId=number)
    if walk.expects(f"{user} releases briefcase {number}", answer, *((OK,) if allowed else NO_RIGHT)):
        del walk.known.briefcases[number]
    return None


def push(walk: Walk, who: int, group: int, stale: int) -> None:
    """Push a changeset, perhaps into a group, and now and then on an old parent."""
    user, known = walk.user(who), walk.known
    number, into = _pick(known.of(user), group), _pick([None, *known.groups], group)
    if number is None:
        return acquire(walk, who)
    old = stale == 0 and len(known.timeline) > 1
    parent = known.timeline[0].id if old else known.head
    data = walk.make.content(8)
    body = walk.make.push_body(number, parent, data, **({"groupId": into} if into else {}))
    closed = into is not None and known.groups[into] != OPEN
    refusals = [LATE] * old + ["409 ChangesetGroupIsClosed"] * closed
    begun = walk.api(user)("create-imodel-changeset", id=known.id, body=body)
    if walk.expects(f"{user} begins a push of briefcase {number}", begun, *(refusals or [OK])):
        walk.api(user).upload(begun.entity["_links"]["upload"], data)
        done = walk.make.as_(user).complete(known.id, body["id"], number)
        if walk.expects(f"{user} completes it", done, OK):
            known.timeline.append(Pushed(body["id"], number, into))
    return None


def lock(walk: Walk, which: int, what: int, how: int) -> None:
    """Ask for a lock as the owner of the briefcase, knowing the latest changeset."""
    number, object_id = _pick(list(walk.known.briefcases), which), OBJECTS[what // 4 % len(OBJECTS)]
    level = (SHARED, SHARED, EXCLUSIVE)[how % 3]
    if number is None:
        return acquire(walk, which)
    if (walk.known.level(object_id, number), level) == (EXCLUSIVE, SHARED):
        # What becomes of the exclusive one is open.
        return unlock(walk, which, what, how)
    answer = _update(walk, number, object_id, level)
    line = f"briefcase {number} asks for {level} on {object_id}"
    if walk.expects(line, answer, *_allowed(walk, number, object_id, level)):
        walk.known.grant(object_id, number, level)
    return None


def _allowed(walk: Walk, number: int, object_id: str, level: str) -> tuple[str, ...]:
    others = walk.known.holders(object_id, number).values()
    if EXCLUSIVE in others:
        return (BUSY,)
    # That shared locks keep others from an exclusive one was only observed, and of one's own nobody says.
    shared = others or walk.known.level(object_id, number) == SHARED
    return (BUSY, OK) if shared and level == EXCLUSIVE else (OK,)


def unlock(walk: Walk, which: int, what: int, _: int) -> None:
    """End a lock."""
    number, object_id = _pick(list(walk.known.briefcases), which), OBJECTS[what // 4 % len(OBJECTS)]
    if number is None:
        return acquire(walk, which)
    held = walk.known.level(object_id, number)
    others = walk.known.holders(object_id, number)
    refusals = ("404 LockNotFound", *([BUSY] if others else []))
    answer = _update(walk, number, object_id, "none")
    if walk.expects(f"briefcase {number} releases {object_id}", answer, *((OK,) if held else refusals)):
        walk.known.release(object_id, number)
    return None


def _update(walk: Walk, number: int, object_id: str, level: str) -> Exchange:
    body = {"briefcaseId": number, "lockedObjects": [{"lockLevel": level, "objectIds": [object_id]}]}
    body |= {"changesetId": walk.known.head} if walk.known.timeline else {}
    return walk.api(walk.known.briefcases[number])("update-imodel-locks", id=walk.known.id, body=body)


def mark(walk: Walk, who: int, where: int, name: int) -> None:
    """Make a named version of a changeset."""
    user, known, wanted = walk.user(who), walk.known, f"Issue {name % NAMES}"
    if not known.timeline:
        return push(walk, who, where, name)
    place = where % len(known.timeline)
    names, occupied = known.taken(wanted), any(v.place == place for v in known.versions.values())
    refusals = [NAME_TAKEN] * bool(names) + [PLACE_TAKEN] * occupied
    # Whether a hidden version keeps its name is open.
    granted = [] if occupied or VISIBLE in names else [OK]
    body = {"name": wanted, "changesetId": known.timeline[place].id}
    answer = walk.api(user)("create-imodel-named-version", id=known.id, body=body)
    if walk.expects(f"{user} calls changeset {place + 1} {wanted}", answer, *refusals, *granted):
        known.versions[answer.entity["id"]] = Version(wanted, place)
    return None


def rename(walk: Walk, who: int, which: int, name: int) -> None:
    """Give a named version another name."""
    user, id_, wanted = walk.user(who), _pick(list(walk.known.versions), which), f"Issue {name % NAMES}"
    if id_ is None or walk.known.versions[id_].name == wanted:
        return mark(walk, who, which, name)
    names = walk.known.taken(wanted, id_)
    accepted = [NAME_TAKEN] * bool(names) + [OK] * (VISIBLE not in names)
    if walk.expects(
        f"{user} renames {walk.known.versions[id_].name} to {wanted}",
        _change(walk, user, id_, name=wanted),
        *accepted,
    ):
        walk.known.versions[id_].name = wanted
    return None


def hide(walk: Walk, who: int, which: int, how: int) -> None:
    """Hide a named version, or show it again."""
    user, id_, state = walk.user(who), _pick(list(walk.known.versions), which), (HIDDEN, VISIBLE)[how % 2]
    if id_ is None:
        return mark(walk, who, which, how)
    version = walk.known.versions[id_]
    clash = state == VISIBLE and bool(walk.known.taken(version.name, id_))
    line, accepted = f"{user} makes {version.name} {state}", [OK] + [NAME_TAKEN] * clash
    if walk.expects(line, _change(walk, user, id_, state=state), *accepted):
        version.state = state
    return None


def _change(walk: Walk, user: str, version: str, **body: str) -> Exchange:
    api = walk.api(user)
    return api("update-imodel-named-version", id=walk.known.id, namedVersionId=version, body=body)


def group(walk: Walk, who: int, *_: int) -> None:
    """Open a changeset group."""
    user = walk.user(who)
    body = {"description": "together"}
    answer = walk.api(user)("create-imodel-changeset-group", id=walk.known.id, body=body)
    if walk.expects(f"{user} opens a group", answer, OK):
        walk.known.groups[answer.entity["id"]] = OPEN


def close(walk: Walk, who: int, which: int, _: int) -> None:
    """Close a changeset group that is open."""
    user = walk.user(who)
    id_ = _pick([id_ for id_, state in walk.known.groups.items() if state == OPEN], which)
    if id_ is None:
        return group(walk, who)
    answer = walk.make.as_(user).close(walk.known.id, id_)
    if walk.expects(f"{user} closes a group", answer, OK):
        walk.known.groups[id_] = CLOSED
    return None


def copy(walk: Walk, who: int, where: int, how: int) -> None:
    """Clone the timeline up to a changeset, and look at the copy; the groups of the source are closed."""
    if not walk.known.timeline:
        return push(walk, who, where, how)
    place = where % len(walk.known.timeline)
    mark = walk.known.timeline[place].id
    clone = walk.make.copy(walk.known.id, changesetId=mark)
    walk.steps.append(f"main clones it up to changeset {place + 1}")
    told = [changeset["id"] for changeset in walk.make.history(clone, place + 1)]
    walk.same("changesets of the clone", told, [pushed.id for pushed in walk.known.timeline[: place + 1]])
    versions = walk.make.walk("get-imodel-named-versions", "namedVersions", id=clone)
    walk.same("versions of the clone", versions, [])
    walk.make.delete(clone)
    walk.known.groups = dict.fromkeys(walk.known.groups, CLOSED)
    return None


def _pick(found: list[T], number: int) -> T | None:
    return found[number % len(found)] if found else None


def look_around(walk: Walk, *_: int) -> None:
    """Look at everything."""
    look(walk)


STEPS: dict[str, Act] = {
    act.__name__: act
    for act in (acquire, give_back, push, lock, unlock, mark, rename, hide, group, close, copy, look_around)
}
