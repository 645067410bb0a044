"""Users: everybody who ever came to an iModel."""

from __future__ import annotations

from typing import Any

from conformance.mock.call import Answer, Call
from conformance.mock.entities import Briefcase, IModel, Visit
from conformance.mock.faults import fault
from conformance.mock.handlers import finding, handler
from conformance.mock.liberties import liberty
from conformance.mock.lists import page
from conformance.mock.problems import Problem, invalid
from conformance.mock.resources.imodels import OLDER_SERVICE
from conformance.mock.rules import rule
from conformance.mock.views import date, link, ok

CREATOR_MISSING = fault.switch("users/creator-is-user")
PUSHES_MISCOUNTED = fault.switch("users/pushes-counted")
PUSH_DATE_ALWAYS = fault.switch("users/last-push-null-without-pushes")
VERSIONS_MISCOUNTED = fault.switch("users/versions-counted")
BRIEFCASES_MISCOUNTED = fault.switch("users/briefcases-counted")
NO_APPLICATION = fault.switch("users/application-listed")
LOCKS_UNSEEN = fault.switch("users/owns-locks")
ANY_ROOT_LOCK = fault.switch("users/owns-root-lock")
PUSHES_OF_ALL = fault.switch("users/statistics-add-up")
ONE_ORDER_ONLY = fault.switch("users/order-combined")
FULL_NAME = fault.switch("users/display-name-is-email")
LIST_AS_SELF = fault.switch("users/self-link")
MALFORMED_422 = liberty.switch("malformed-user-422")

ROOT = "0x1"
LATER = {"lastAccessTime", "briefcasesCount", "applications"}
"""What older services do not tell."""


def _minimal(call: Call, visit: Visit) -> dict[str, Any]:
    user = visit.user
    name = f"{user.given_name} {user.surname}" if call.bent(FULL_NAME) else user.email
    own = () if call.bent(LIST_AS_SELF) else (user.id,)
    self = link(call, call.imodel.id, "users", *own)
    return {"id": user.id, "displayName": name, "_links": {"self": self}}


def _entity(call: Call, visit: Visit) -> dict[str, Any]:
    user, short = visit.user, _minimal(call, visit)
    links = short.pop("_links")
    names = {"givenName": user.given_name, "surname": user.surname, "email": user.email}
    return {**short, **names, "statistics": _statistics(call, visit), "_links": links}


def _statistics(call: Call, visit: Visit) -> dict[str, Any]:
    imodel, id = call.imodel, visit.user.id
    everybody = call.bent(PUSHES_OF_ALL)
    pushes = [changeset for changeset in imodel.timeline if everybody or changeset.creator_id == id]
    last = pushes[-1].pushed if pushes else visit.created if call.bent(PUSH_DATE_ALWAYS) else None
    versions = sum(version.creator_id == id for version in imodel.versions.values())
    owned = [briefcase for briefcase in imodel.briefcases.values() if briefcase.owner_id == id]
    told = {
        "pushedChangesetsCount": len(pushes) + (call.bent(PUSHES_MISCOUNTED) and len(pushes) > 0),
        "lastChangesetPushDate": date(call, last),
        "createdVersionsCount": 0 if call.bent(VERSIONS_MISCOUNTED) else versions,
        "lastAccessTime": date(call, visit.last),
        "briefcasesCount": 0 if call.bent(BRIEFCASES_MISCOUNTED) else len(owned),
        "applications": _applications(call, imodel, owned),
    }
    left_out = LATER if call.bent(OLDER_SERVICE) else set()
    return {name: value for name, value in told.items() if name not in left_out}


def _applications(call: Call, imodel: IModel, owned: list[Briefcase]) -> list[dict[str, Any]]:
    if call.bent(NO_APPLICATION):
        return []
    groups: dict[str, list[Briefcase]] = {}
    for briefcase in owned:
        if briefcase.application is not None:
            groups.setdefault(briefcase.application.id, []).append(briefcase)
    return [_application(call, imodel, group) for group in groups.values()]


def _application(call: Call, imodel: IModel, group: list[Briefcase]) -> dict[str, Any]:
    numbers = {briefcase.number for briefcase in group}
    root = imodel.locks.get(ROOT)
    counts = root is not None and (root.level == "exclusive" or call.bent(ANY_ROOT_LOCK))
    holds_root = counts and root is not None and bool(root.briefcases & numbers)
    holds_any = any(held.briefcases & numbers for held in imodel.locks.values())
    application = group[0].application
    return {
        "id": application.id if application else None,
        "name": application.name if application else None,
        "ownsLocks": holds_any and not call.bent(LOCKS_UNSEEN),
        "ownsExclusiveRootElementLock": holds_root,
    }


def _shown(call: Call, visit: Visit) -> bool:
    return not (call.bent(CREATOR_MISSING) and visit.id == call.imodel.creator_id)


@handler("get-imodel-users")
async def list_users(call: Call) -> Answer:
    """List the users of an iModel."""
    if call.bent(ONE_ORDER_ONLY) and "," in call.query.get("$orderBy", ""):
        raise invalid("InvalidValue", "$orderBy")
    found = [visit for visit in call.imodel.visits.values() if _shown(call, visit)]
    found.sort(key=lambda visit: visit.user.email)
    orders = {"givenName": lambda visit: visit.user.given_name, "surname": lambda visit: visit.user.surname}
    return page(call, found, _minimal, _entity, orders)


def _find(call: Call) -> Visit:
    id = call.params["userId"].lower()
    visit = call.imodel.visits.get(id)
    if visit is not None and not _shown(call, visit):
        visit = None
    if id == call.caller.id and visit is None and call.imodel.creator_id != id:
        visit = Visit(call.caller, call.now, call.now)
    known(call, visit)
    return visit or Visit(call.caller, call.now, call.now)


@rule("users/unknown")
def known(call: Call, visit: Visit | None) -> None:
    """The user must have come to the iModel."""
    if visit is None:
        well_formed = len(call.params["userId"]) == 36
        if call.bent(MALFORMED_422) and not well_formed:
            raise invalid("InvalidValue", "userId")
        raise Problem("UserNotFound")


@finding("get-imodel-user-details", _find)
async def get_user(call: Call, visit: Visit) -> Answer:
    """Read a user of an iModel."""
    return ok("user", _entity(call, visit))
