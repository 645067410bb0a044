"""The resources that a run remembers: how they are told of, what of them stays, and the rows about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CREATED, UPDATED, READ, LISTED, DELETED = "created", "updated", "read", "listed", "deleted"


def relates(name: str) -> str:
    """The name of a row that the history decides; the plan finds it by this call."""
    return name


UNCHANGED = relates("answers/unchanged-reads-same")
REFUSED = relates("requests/refused-changes-nothing")


@dataclass(frozen=True)
class Kind:
    """One kind of resource, named after the one its iModel holds.

    `roles`: operation → what its success tells; `key`: the member that names it within its iModel; `members`:
    what only an update of its own changes; `rows`: what was told by one and read by another → the row about
    it; `omitted`: the row about members that an update leaves out; `gone`: the row about reading what was
    deleted; `final`: the state from which on it stays as it is; `parameter`: names it in a path.
    """

    name: str
    roles: Mapping[str, str]
    members: tuple[str, ...]
    rows: Mapping[tuple[str, str], str]
    key: str = "id"
    omitted: str = ""
    gone: str = ""
    final: str = ""
    parameter: str = ""


KINDS = (
    Kind(
        "iModel",
        {
            "create-imodel": CREATED,
            "update-imodel": UPDATED,
            "get-imodel-details": READ,
            "get-itwin-imodels": LISTED,
            "delete-imodel": DELETED,
        },
        ("name", "displayName", "description", "extent", "iTwinId"),
        {
            (CREATED, READ): "imodels/create-is-readable",
            (UPDATED, READ): "imodels/update-is-readable",
            (READ, LISTED): "imodels/list-equals-details",
        },
        omitted="imodels/update-keeps-omitted",
        gone="imodels/delete-removes",
        parameter="id",
    ),
    Kind(
        "named version",
        {
            "create-imodel-named-version": CREATED,
            "update-imodel-named-version": UPDATED,
            "get-imodel-named-version-details": READ,
            "get-imodel-named-versions": LISTED,
        },
        ("name", "displayName", "description", "state", "changesetId", "changesetIndex"),
        {
            (CREATED, READ): "named-versions/readable",
            (UPDATED, READ): "named-versions/update-is-readable",
        },
        omitted="named-versions/update-keeps-omitted",
        parameter="namedVersionId",
    ),
    Kind(
        "changeset",
        {
            "update-imodel-changeset": CREATED,
            "get-imodel-changeset-details": READ,
            "get-imodel-changesets": LISTED,
        },
        ("index", "displayName", "description", "parentId", "containingChanges", "fileSize", "briefcaseId"),
        {
            (CREATED, READ): "changesets/readable",
            (READ, LISTED): "changesets/list-equals-details",
        },
        final="fileUploaded",
    ),
    Kind(
        "briefcase",
        {
            "acquire-imodel-briefcase": CREATED,
            "get-imodel-briefcase-details": READ,
            "get-imodel-briefcases": LISTED,
            "release-imodel-briefcase": DELETED,
        },
        ("displayName", "deviceName", "ownerId"),
        {(CREATED, READ): "briefcases/readable"},
        key="briefcaseId",
        gone="briefcases/release-removes",
        parameter="briefcaseId",
    ),
    Kind(
        "changeset group",
        {
            "create-imodel-changeset-group": CREATED,
            "update-imodel-changeset-group": UPDATED,
            "get-imodel-changeset-group-details": READ,
            "get-imodel-changeset-groups": LISTED,
        },
        ("description", "creatorId"),
        {
            (CREATED, READ): "changeset-groups/readable",
            (READ, LISTED): "changeset-groups/list-equals-details",
        },
        parameter="changesetGroupId",
    ),
    Kind(
        "extended data",
        {
            "create-imodel-changeset-extended-data": CREATED,
            "get-imodel-changeset-extended-data-details": READ,
            "get-imodel-changesets-extended-data": LISTED,
        },
        ("changesetIndex", "data"),
        {
            (CREATED, READ): "extended-data/readable",
            (READ, LISTED): "extended-data/list-equals-details",
        },
        key="changesetId",
    ),
    Kind(
        "share",
        {
            "create-imodel-share": CREATED,
            "update-imodel-share": UPDATED,
            "get-imodel-share": READ,
            "get-imodel-shares": LISTED,
            "revoke-imodel-share": DELETED,
        },
        ("name", "displayName", "permission", "expiresAt"),
        {
            (CREATED, READ): "shares/readable",
            (UPDATED, READ): "shares/update-is-readable",
        },
        gone="shares/revoke-removes",
        parameter="shareId",
    ),
)

KIND_OF = {operation: kind for kind in KINDS for operation in kind.roles}


def details_of(operation: str) -> str:
    """The operation that reads what another one updates, `""` for one that updates nothing remembered."""
    kind = KIND_OF.get(operation)
    if kind is None or kind.roles[operation] != UPDATED:
        return ""
    return next(id_ for id_, role in kind.roles.items() if role == READ)
