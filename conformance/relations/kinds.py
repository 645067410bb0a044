"""The resources that a run remembers: how they are told of, what of them stays, and the rows about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.exchange import Exchange

CREATED, UPDATED, READ, LISTED, DELETED = "created", "updated", "read", "listed", "deleted"


def relates(name: str) -> str:
    """The name of a row that the history decides; the plan finds it by this call."""
    return name


MAKERS: Mapping[str, tuple[str, str]] = {
    "create-imodel": ("iModel", "name"),
    "clone-imodel": ("iModel", "name"),
    "fork-imodel": ("iModel", "name"),
    "create-imodel-changeset": ("changeset", "id"),
    "create-imodel-named-version": ("named version", "name"),
    "acquire-imodel-briefcase": ("briefcase", "deviceName"),
    "create-imodel-changeset-group": ("changeset group", "description"),
    "create-imodel-changeset-extended-data": ("extended data", "data"),
    "create-imodel-share": ("share", "name"),
}
"""Operation → the kind that it makes, and the member by which what it made is told from others."""

UNCHANGED = relates("answers/unchanged-reads-same")
REFUSED = relates("requests/refused-changes-nothing")


@dataclass(frozen=True)
class Kind:
    """One kind of resource, named after the one its iModel holds.

    `roles`: operation → what its success tells; `key`: the member that names it within its iModel; `members`:
    what only an update of its own changes; `rows`: what was told by one and read by another → the row about
    it; `omitted`: the row about members that an update leaves out; `gone`: the row about reading what was
    deleted; `final`: the state from which on it stays as it is; `parameter`: names it in a path; `listed`,
    `unlisted`: the rows about what a list holds, and no longer holds; `listed_from`: the state from which on
    it is surely listed.
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
    listed: str = ""
    unlisted: str = ""
    listed_from: str = ""

    def holder(self, exchange: Exchange) -> str:
        """The iModel that an exchange finds such a thing in, `""` for an iModel itself."""
        return "" if self.parameter == "id" else exchange.path.get("id", "").casefold()

    def operation(self, role: str) -> str:
        """The operation that plays a role."""
        return next(id_ for id_, played in self.roles.items() if played == role)


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
        listed="imodels/create-is-listed",
        unlisted="imodels/delete-unlists",
        listed_from="initialized",
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
        listed="named-versions/listed",
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
        listed="changesets/listed",
        listed_from="fileUploaded",
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
        listed="briefcases/listed",
        unlisted="briefcases/release-removes",
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
        listed="changeset-groups/listed",
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
        listed="extended-data/listed",
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
        listed="shares/listed",
        unlisted="shares/revoke-removes",
    ),
)

IMODEL = KINDS[0]
KIND_NAMED = {kind.name: kind for kind in KINDS}
KIND_OF = {operation: kind for kind in KINDS for operation in kind.roles}


def details_of(operation: str) -> str:
    """The operation that reads what another one updates, `""` for one that updates nothing remembered."""
    kind = KIND_OF.get(operation)
    if kind is None or kind.roles[operation] != UPDATED:
        return ""
    return kind.operation(READ)


def list_of(operation: str) -> str:
    """The operation that lists what another one makes, `""` for one that makes nothing remembered."""
    kind = KIND_NAMED.get(MAKERS.get(operation, ("", ""))[0])
    return kind.operation(LISTED) if kind else ""
