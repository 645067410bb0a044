"""What is planted into a request so that it reaches its 2xx: ids, parents, names that are true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from conformance.cases.draft import Draft
from conformance.cases.ground import Ground
from conformance.cases.values import cleaned, plain
from conformance.configure import ALL
from conformance.contract import Contract, Operation, Parameter
from conformance.make import NAME_LIMIT, expiry
from conformance.target import MAIN

Body = dict[str, Any]
Plant = Callable[[Ground, Body], Body]
COPIES = {"clone-imodel", "fork-imodel"}
OF_SANDBOX = {
    "get-imodel-changeset-extended-data-details",
    "get-imodel-changesets-extended-data",
    "get-imodel-changeset-groups",
    "get-imodel-changeset-group-details",
    "get-imodel-released-locks",
}
"""Reads of what only the sandbox has."""
WINDOW = 3
NOBODY = "00000000-0000-4000-8000-{:012x}"
COMBINABLE = 62
"""The bits of containingChanges that may be combined: all but schema and schema sync."""


def prepare(
    contract: Contract,
    operation: str,
    ground: Ground,
    sample: Draft | None = None,
    given: Mapping[str, str] | None = None,
) -> Draft:
    """A request of the operation that should succeed.

    `sample` gives query, headers and body that fit the contract, without it they are the plainest; `given`
    holds path parameters that are not to be planted.
    """
    described = contract.operations[operation]
    sample = sample or plain(contract, described)
    known = given or {}
    if operation in FILLED:
        FILLED[operation](ground)
    path = {p.name: known.get(p.name) or _path(described, p.name, ground) for p in _in_path(described)}
    body = sample.body
    if isinstance(body, dict):
        body = {name: _member(described, name, value, ground) for name, value in cleaned(body).items()}
        plant = PLANTS.get(operation)
        body = plant(ground, body) if plant else body
    return Draft(operation, path, _query(sample.query, ground), sample.headers, body)


def _in_path(operation: Operation) -> list[Parameter]:
    return [parameter for parameter in operation.parameters if parameter.location == "path"]


def _path(operation: Operation, name: str, ground: Ground) -> str:
    plant = PATHS.get(f"{operation.id} {name}")
    if plant is None:
        shared = (operation.method == "GET" or operation.id in COPIES) and operation.id not in OF_SANDBOX
        plant = (READ if shared else WRITTEN)[name]
    return str(plant(ground))


def _query(query: Mapping[str, Any], ground: Ground) -> dict[str, Any]:
    kept = {name: value for name, value in query.items() if name != "$continuationToken"}
    if "name" in kept:
        kept.pop("$search", None)
    kept = {name: cleaned(value) for name, value in kept.items()}
    return {name: QUERY[name](ground, value) if name in QUERY else value for name, value in kept.items()}


def _member(operation: Operation, name: str, value: Any, ground: Ground) -> Any:
    if name == "name":
        unique = ground.make.name()
        return f"{unique} {value}"[:NAME_LIMIT].strip()
    if name == "expiresAt":
        return expiry()
    return ground.make.itwin if name == "iTwinId" else value


READ: dict[str, Callable[[Ground], object]] = {
    "id": lambda ground: ground.timeline.id,
    "changeset": lambda ground: ground.timeline.at("changesets", 3)["id"],
    "briefcaseId": lambda ground: ground.timeline.at("briefcases", 0)["briefcaseId"],
    "namedVersionId": lambda ground: ground.timeline.at("versions", 1)["id"],
    "userId": lambda ground: ground.timeline.at("changesets", 0)["creatorId"],
    "shareId": lambda ground: ground.share(),
}
"""Path parameter → its value on the shared iModel, which is never changed; shares are in the sandbox."""

WRITTEN: dict[str, Callable[[Ground], object]] = {
    "id": lambda ground: ground.sandbox.id,
    "changeset": lambda ground: ground.begun().id,
    "briefcaseId": lambda ground: ground.loose(),
    "namedVersionId": lambda ground: ground.version()["id"],
    "changesetGroupId": lambda ground: ground.group(),
    "shareId": lambda ground: ground.share(),
}
"""Path parameter → its value in the sandbox."""

PATHS: dict[str, Callable[[Ground], object]] = {
    "delete-imodel id": lambda ground: ground.spare(),
    "complete-imodel-baseline-file-upload id": lambda ground: ground.awaiting(),
    "create-imodel-changeset-extended-data changeset": lambda ground: ground.bare(),
    "get-imodel-changeset-extended-data-details changeset": lambda ground: ground.annotated(),
    "remove-imodel-from-my-favorites id": lambda ground: ground.favorites()[0],
    "remove-imodel-from-my-recents id": lambda ground: ground.recents()[0],
    "update-imodel-role-permissions id": lambda ground: ground.configurable("role"),
    "update-imodel-user-permissions id": lambda ground: ground.configurable("user"),
    "get-imodel-share id": lambda ground: ground.sandbox.id,
}
"""Operation and path parameter → its value, where the general one does not do."""

FILLED: dict[str, Callable[[Ground], object]] = {
    "get-my-favorite-imodels": Ground.favorites,
    "get-my-recently-used-imodels": Ground.recents,
}
"""Operation → what has to be there so that its answer shows something."""

QUERY: dict[str, Callable[[Ground, Any], object]] = {
    "iTwinId": lambda ground, _: ground.make.itwin,
    "ownerId": lambda ground, _: "me",
    "$skip": lambda ground, value: value % WINDOW,
    "afterIndex": lambda ground, value: value % WINDOW,
    "afterChangesetIndex": lambda ground, value: value % WINDOW,
    "lastIndex": lambda ground, value: WINDOW + value % WINDOW,
}
"""Query parameter → what is planted when it is there: true ids, and windows that leave something to see."""


def _create_imodel(ground: Ground, body: Body) -> Body:
    mode = body.get("creationMode")
    kept = {name: value for name, value in body.items() if name not in {"template", "baselineFile"}}
    if mode == "fromBaseline" or (mode is None and "baselineFile" in body):
        return kept | {
            "creationMode": "fromBaseline",
            "baselineFile": {"size": len(ground.run.target.baseline)},
        }
    if (mode == "fromiModelVersion" or (mode is None and "template" in body)) and ground.embedded:
        return kept | {"creationMode": "fromiModelVersion", "template": {"iModelId": ground.timeline.id}}
    if mode == "empty":
        return kept
    # Only the deprecated way gives an iModel that is initialized at once; a coordinate system is not for it.
    return {
        name: value
        for name, value in kept.items()
        if name not in {"creationMode", "geographicCoordinateSystem"}
    }


def _copy(ground: Ground, body: Body) -> Body:
    body = {"name": ground.make.name("copy")} | body
    place = ground.timeline.changesets[int(body.get("changesetIndex", 0)) % len(ground.timeline.changesets)]
    if "changesetIndex" in body:
        return {k: v for k, v in body.items() if k != "changesetId"} | {"changesetIndex": place["index"]}
    return body | ({"changesetId": place["id"]} if "changesetId" in body else {})


def _create_changeset(ground: Ground, body: Body) -> Body:
    ground.settle()
    box = ground.sandbox
    body = {name: value for name, value in body.items() if name != "parentId"}
    if "groupId" in body:
        body["groupId"] = ground.group()
    if "containingChanges" in body:
        body["containingChanges"] = int(body["containingChanges"]) & COMBINABLE
    return body | ground.make.push_body(box.briefcase, box.head, ground.make.content())


def _update_changeset(ground: Ground, body: Body) -> Body:
    return body | {"state": "fileUploaded", "briefcaseId": ground.sandbox.briefcase}


def _create_version(ground: Ground, body: Body) -> Body:
    return body | {"changesetId": ground.unmarked()}


def _update_locks(ground: Ground, body: Body) -> Body:
    levels = [entry.get("lockLevel", "shared") for entry in body.get("lockedObjects", ())][:3] or ["shared"]
    wanted = [
        {"lockLevel": "exclusive" if level == "exclusive" else "shared", "objectIds": ground.objects(2)}
        for level in levels
    ]
    head = ground.sandbox.head
    point = {"changesetId": head} if head and "changesetId" in body else {}
    return {"briefcaseId": ground.sandbox.briefcase, "lockedObjects": wanted} | point


def _create_data(ground: Ground, body: Body) -> Body:
    return {"data": ground.make.data(text=body.get("data"))}


def _release_chunk(ground: Ground, body: Body) -> Body:
    head = ground.sandbox.head
    point = {"changesetId": head} if head and "changesetId" in body else {}
    return {"briefcaseId": ground.loose()} | point


def _update_roles(ground: Ground, body: Body) -> Body:
    # Without a role of its own the run could lock itself out: then nobody is named.
    own = ground.run.target.roles.get(MAIN)
    return {"rolePermissions": _named(ground, "roleId", own, body.get("rolePermissions", ()))}


def _update_users(ground: Ground, body: Body) -> Body:
    own = str(ground.timeline.changesets[0]["creatorId"])
    return {"userPermissions": _named(ground, "userId", own, body.get("userPermissions", ()))}


def _named(ground: Ground, key: str, own: str | None, others: Iterable[Body]) -> list[Body]:
    """The run itself with every permission, and on the mock others, who need not exist there."""
    if own is None:
        return []
    entries = [{key: own, "permissions": list(ALL)}]
    for place, entry in enumerate(others if ground.generous else ()):
        entries.append({key: NOBODY.format(place), "permissions": entry["permissions"]})
    return entries


def _described(ground: Ground, body: Body) -> Body:
    return body or {"description": "generated"}


PLANTS: dict[str, Plant] = {
    "create-imodel": _create_imodel,
    "update-imodel": _described,
    "clone-imodel": _copy,
    "fork-imodel": _copy,
    "create-imodel-changeset": _create_changeset,
    "update-imodel-changeset": _update_changeset,
    "create-imodel-changeset-extended-data": _create_data,
    "create-imodel-changeset-group": _described,
    "create-imodel-named-version": _create_version,
    "update-imodel-named-version": _described,
    "update-imodel-locks": _update_locks,
    "release-imodel-locks-chunk": _release_chunk,
    "update-imodel-role-permissions": _update_roles,
    "update-imodel-user-permissions": _update_users,
}
"""Operation → how its body is made true, where its members depend on each other or on what is there."""
