"""Permissions: those of the iTwin, until an iModel has some of its own."""

from __future__ import annotations

import pytest

from conformance.api import Api, succeed
from conformance.configure import ALL, KINDS, READ, WEBVIEW, Gallery, entries_by_id
from conformance.fixtures import Timeline
from conformance.make import Entity, Maker, offered
from conformance.refusal import refused
from conformance.runner.run import Run
from conformance.story import promise

EVERYONE = {"main", "reader", "writer"}


@pytest.fixture(params=["user", "role"])
def by(request: pytest.FixtureRequest, run: Run) -> str:
    """A way to configure an iModel, for which the roles of a target must be known."""
    kind = str(request.param)
    if kind == "role" and not run.target.roles.keys() >= EVERYONE:
        pytest.skip("the roles of the target are not known")
    return kind


@pytest.fixture
def gallery(galleries: dict[str, Gallery], by: str) -> Entity:
    """An iModel that permits the reader more than its iTwin does, and the writer less."""
    return galleries[by].permit(reader=ALL, writer=(WEBVIEW,))


def _own(api: Api, imodel: str) -> set[str]:
    return set(succeed(api("get-imodel-permissions", id=imodel)))


def test_without_a_configuration_the_itwin_decides(api: Api, timeline: Timeline) -> None:
    with promise("permissions/own-are-of-the-itwin"):
        assert _own(api.as_("reader"), timeline.id) == {WEBVIEW, READ}
        assert _own(api, timeline.id) >= set(ALL)


def test_a_configuration_decides_alone(api: Api, gallery: Entity) -> None:
    imodel, reader = gallery["id"], api.as_("reader")
    with promise("access/imodel-level-widens"):
        assert reader("update-imodel", id=imodel, body={"description": "by the reader"}).status == 200
        # Any number of groups may be open, so that this can be told again.
        assert reader("create-imodel-changeset-group", id=imodel, body={"description": "x"}).status == 201
    with promise("access/itwin-level-stays"):
        refused(reader("delete-imodel", id=imodel), 403, "InsufficientPermissions")
    with promise("permissions/secures-the-imodel"):
        assert succeed(api("get-imodel-details", id=imodel))["isSecured"] is True


def test_own_permissions_are_those_of_the_configuration(api: Api, gallery: Entity) -> None:
    imodel = gallery["id"]
    with promise("permissions/own-are-of-the-imodel"):
        assert _own(api.as_("reader"), imodel) == set(ALL)
        assert _own(api.as_("writer"), imodel) == {WEBVIEW}


def test_a_secured_imodel_is_not_listed_for_everyone(make: Maker, gallery: Entity, itwin: str) -> None:
    make.soon(lambda: make.listed(itwin, name=gallery["name"]), bool)
    with promise("imodels/list-leaves-out-secured"):
        assert gallery["id"] not in make.as_("viewer").listed(itwin, name=gallery["name"])


def test_a_configuration_by_role_reads_as_it_was_answered(api: Api, galleries: dict[str, Gallery]) -> None:
    imodel, kind = galleries["role"].permit(reader=ALL, writer=(WEBVIEW,)), KINDS["role"]
    with promise("permissions/roles-are-readable"):
        read = succeed(api("get-imodel-role-permissions", id=imodel["id"]))
        assert entries_by_id(kind, read) == entries_by_id(kind, galleries["role"].told)


def test_a_configuration_by_user_reads_as_it_was_answered(api: Api, galleries: dict[str, Gallery]) -> None:
    imodel, kind = galleries["user"].permit(reader=ALL, writer=(WEBVIEW,)), KINDS["user"]
    with promise("permissions/users-are-readable"):
        read = succeed(offered(api("get-imodel-user-permissions", id=imodel["id"])))
        assert entries_by_id(kind, read) == entries_by_id(kind, galleries["user"].told)


@pytest.mark.parametrize(("first", "then"), [("role", "user"), ("user", "role")])
def test_an_imodel_is_configured_in_one_way(
    api: Api, run: Run, galleries: dict[str, Gallery], first: str, then: str
) -> None:
    if "main" not in run.target.roles:
        pytest.skip("the roles of the target are not known")
    kind, imodel = KINDS[then], galleries[first].permit()["id"]
    entry = {kind.key: galleries[then].identify("main"), "permissions": list(ALL)}
    if then == "user":
        offered(api("get-imodel-user-permissions", id=imodel))
    with promise("permissions/one-kind"):
        refused(api(kind.operation, id=imodel, body={kind.collection: [entry]}), (409, 422))


def test_a_role_opens_nothing_to_those_outside(api: Api, galleries: dict[str, Gallery]) -> None:
    imodel = galleries["role"].permit(outsider=ALL)
    with promise("access/role-needs-itwin-webview"):
        refused(api.as_("outsider")("get-imodel-details", id=imodel["id"]), (403, 404))
