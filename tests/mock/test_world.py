"""Worlds: what they describe is there, and what is wrong with one is told in a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.mock.server import MockServer
from conformance.mock.world import WorldError

EXAMPLE = Path("docs/examples/world.yaml")
BRIDGE = "11111111-2222-4333-8444-555555555555"
PLACE = "4a7b3c52-9d0e-4f61-8a25-1c6d7e8f9012"


def ask(server: MockServer, path: str, token: str = "mock-token-ada", **options: Any) -> httpx.Response:
    options.setdefault("method", "GET")
    headers = {"Authorization": f"Bearer {token}", "Prefer": "return=representation"}
    return httpx.request(url=server.url + path, headers=headers, **options)


def test_the_example_is_there(root: Path) -> None:
    with MockServer(world=root / EXAMPLE) as server:
        bridge = ask(server, f"/{BRIDGE}").json()["iModel"]
        changesets = ask(server, f"/{BRIDGE}/changesets").json()["changesets"]
        versions = ask(server, f"/{BRIDGE}/namedversions").json()["namedVersions"]
        locks = ask(server, f"/{BRIDGE}/locks").json()["locks"]
        file = httpx.get(changesets[1]["_links"]["download"]["href"]).content
        listed = ask(server, f"?iTwinId={PLACE}").json()["iModels"]
        refused = ask(server, f"/{BRIDGE}", "mock-token-admin")
    assert (bridge["name"], bridge["dataCenterLocation"]) == ("Bridge", "North Europe")
    assert [(c["index"], c["description"], c["briefcaseId"]) for c in changesets] == [
        (1, "Piers", 2),
        (2, "Deck", 3),
    ]
    assert len(file) == 300
    assert [(v["name"], v["changesetIndex"], v["state"]) for v in versions] == [
        ("Issued for review", 1, "visible"),
        ("Draft", 2, "hidden"),
    ]
    assert [(lock["briefcaseId"], lock["lockedObjects"][0]["objectIds"]) for lock in locks] == [(3, ["0x1a"])]
    assert [imodel["name"] for imodel in listed] == ["Bridge", "Tunnel"]
    assert refused.status_code == 401


def test_permissions_and_tokens_are_those_of_the_world(root: Path) -> None:
    with MockServer(world=root / EXAMPLE) as server:
        own = ask(server, f"/{BRIDGE}", "a-token-of-my-own")
        body = {"name": "Other"}
        changed = ask(server, f"/{BRIDGE}", "mock-token-guest", method="PATCH", json=body)
    assert (own.status_code, changed.status_code) == (200, 403)


def test_identities_of_the_world_sign_in(root: Path) -> None:
    form = {"grant_type": "client_credentials", "scope": "itwin-platform"}
    with MockServer(world=root / EXAMPLE) as server, httpx.Client(base_url=server.origin) as client:
        app = {"client_id": "mock-ada", "client_secret": "mock-secret-ada"}
        token = client.post("/connect/token", data=form | app).json()["access_token"]
        seen = client.get("/imodels", params={"iTwinId": PLACE}, headers={"Authorization": f"Bearer {token}"})
        assert seen.status_code == 200
        stranger = client.post("/connect/token", data=form | {"client_id": "mock-none", "client_secret": ""})
        assert (stranger.status_code, stranger.json()["error"]) == (401, "invalid_client")
        wrong = client.post("/connect/token", data=form | app | {"client_secret": "x"})
        assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")


def test_a_reset_goes_back_to_the_world(root: Path) -> None:
    with MockServer(world=root / EXAMPLE) as server:
        assert ask(server, f"/{BRIDGE}", method="DELETE").status_code == 204
        first = ask(server, "", method="POST", json={"iTwinId": PLACE, "name": "New"}).json()
        server.reset()
        assert ask(server, f"/{BRIDGE}").status_code == 200
        assert len(ask(server, f"?iTwinId={PLACE}").json()["iModels"]) == 2
        again = ask(server, "", method="POST", json={"iTwinId": PLACE, "name": "New"}).json()
    assert first["iModel"]["id"] == again["iModel"]["id"]


def test_a_world_is_built_straight_however_the_mock_is_bent(root: Path) -> None:
    drop, free = ["changesets/parent-exists"], ["throttle", "extra-members"]
    with MockServer(world=root / EXAMPLE, drop=drop, liberties=free) as server:
        assert len(server.service.store.imodels[BRIDGE].timeline) == 2
        assert server.service.bent() == {"faults": [], "liberties": free, "drop": drop}
        server.reset()
        assert server.service.bent()["drop"] == drop


def test_bytes_come_from_files_and_the_rest_by_requests(tmp_path: Path) -> None:
    (tmp_path / "start.bim").write_bytes(b"a whole bridge")
    (tmp_path / "world.yaml").write_text(
        f"""
itwins:
  - id: {PLACE}
    imodels:
      - id: {BRIDGE}
        name: Bridge
        baseline: {{file: start.bim}}
        requests:
          - {{as: second, send: POST /briefcases, body: {{deviceName: Desk}}}}
          - {{send: PATCH /, body: {{description: Told}}}}
"""
    )
    with MockServer(world=tmp_path / "world.yaml") as server:
        token = "mock-token-admin"
        file = ask(server, f"/{BRIDGE}/baselinefile", token).json()["baselineFile"]
        assert httpx.get(file["_links"]["download"]["href"]).content == b"a whole bridge"
        assert file["fileSize"] == 14
        assert ask(server, f"/{BRIDGE}", token).json()["iModel"]["description"] == "Told"
        [briefcase] = ask(server, f"/{BRIDGE}/briefcases", token).json()["briefcases"]
        assert briefcase["deviceName"] == "Desk"


def imodel(text: str) -> str:
    return f"itwins: [{{id: {PLACE}, imodels: [{{name: A, {text}}}]}}]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "not YAML: while parsing"),
        ("- a", "not a world: no mapping"),
        ("a: &a [*a]", "not YAML: Circular reference"),
        ("a: 2026-01-05", "the world: Additional properties are not allowed ('a' was unexpected)"),
        ("itwins: [{id: x}]", 'itwins[0].id: "x" does not match'),
        ("itwins: []", "itwins: [] has less than 1 item"),
        ("clock: noon", 'clock: "noon" is not a "date-time"'),
        (imodel("nmae: B"), "itwins[0].imodels[0]: Additional properties are not allowed"),
        (imodel("creator: nobody"), "itwins[0].imodels[0]: no identity is called nobody"),
        (
            f"itwins: [{{id: {PLACE}, permissions: {{admin: []}}, imodels: [{{name: A, creator: admin}}]}}]",
            "itwins[0].imodels[0]: 403 InsufficientPermissions:",
        ),
        (imodel("extent: {}"), "itwins[0].imodels[0]: 422 InvalidiModelsRequest: Cannot create iModel."),
        (imodel("changesets: [{briefcase: 9}]"), "imodels[0].changesets[0]: the iModel has no briefcase 9"),
        (
            imodel("namedVersions: [{name: V, changeset: 1}]"),
            "namedVersions[0]: the iModel has no changeset 1",
        ),
        (imodel("baseline: {file: none.bim}"), "none.bim: No such file or directory"),
        (imodel("requests: [{send: GET /}]"), 'requests[0].send: "GET /" does not match'),
        (imodel("requests: [{send: POST /nowhere}]"), "requests[0]: 404 ResourceNotFound"),
        (f"itwins: [{{id: {PLACE}}}, {{id: {PLACE}}}]", f"itwins[1]: the id {PLACE} is there already"),
        (f"itwins: [{{id: {PLACE}, permissions: {{x: []}}}}]", "permissions: no identity is called x"),
        ("identities: {a: {token: t}, b: {token: t}}", "identities: two of them have the same token"),
    ],
)
def test_what_is_wrong_with_a_world_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(text)
    with pytest.raises(WorldError) as told:
        MockServer(world=file)
    assert said in str(told.value)
    assert str(told.value).startswith(f"{file}: ")
    assert "\n" not in str(told.value)


def test_a_world_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match=r"none\.yaml: No such file"):
        MockServer(world=tmp_path / "none.yaml")
