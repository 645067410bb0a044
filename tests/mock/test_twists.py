"""Faults and liberties: each can be switched on, changes something, and breaks nothing else down."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest

from conformance.mock import catalogue
from conformance.mock.entities import Briefcase, Changeset, NamedVersion
from conformance.mock.store import container
from conformance.mock.tokens import ITWIN, ROLES, SECOND_ITWIN, UNKNOWN_ITWIN, USERS
from tests.soundness.cases import sample

FULL = {"Prefer": "return=representation"}
DOCUMENTED_5XX = {"answers/no-server-error"}
CHOSEN = 15
"""Faults, and liberties, that an ordinary run of the tests takes on a tour."""
UNLIKE = {"date", "content-length", "etag", "last-modified"}


COPIES: list[tuple[str, str | None, dict[str, Any]]] = [
    ("clone", "d", {"description": ""}),
    ("clone", None, {"iTwinId": SECOND_ITWIN}),
    ("clone", "e", {"changesetIndex": 0}),
    ("clone", "f", {"changesetIndex": 2}),
    ("fork", "g", {}),
    ("fork", "h", {"preserveHistory": True}),
]
TAILS = ("", "/operations/create", "/baselinefile", "/namedversions", "/briefcases", "/changesets")
ELSEWHERE = (
    "answers/follow-the-history",
    "answers/unchanged-reads-same",
    "favorites/",
    "lists/untorn",
    "recents/",
    "requests/not-an-image",
    "thumbnails/first",
    "thumbnails/jpeg",
    "thumbnails/largest",
    "thumbnails/no-body",
    "thumbnails/refused",
    "thumbnails/second",
    "thumbnails/upload",
    "users/application",
    "users/list",
    "users/order",
    "users/owns",
    "users/statistics",
)
"""How the names of faults begin that other tests of the mock look at."""
VISIBLE = {
    "bare-refusals",
    "charset",
    "clone-description-empty-422",
    "completed-twice-409",
    "contradicting-mode-409",
    "copies-without-baseline-file",
    "default-page-1000",
    "default-thumbnail-404",
    "empty-mode-at-once",
    "empty-token-ignored",
    "error-target-null",
    "extra-headers",
    "extra-members",
    "first-detail-only",
    "first-page-prev-is-self",
    "fork-not-offered",
    "late-lists",
    "lower-case-targets",
    "malformed-user-422",
    "media-type-415",
    "millisecond-dates",
    "missing-parameter-400",
    "missing-parameter-404",
    "mutually-exclusive-other-detail",
    "no-location-on-created",
    "no-upload-under-way-404",
    "not-initialized-delete-409",
    "null-clears",
    "null-refused",
    "older-service",
    "operation-later",
    "other-bad-token-code",
    "other-default-order",
    "other-messages",
    "other-page-size",
    "other-writer",
    "outsider-403",
    "outsider-writes-404",
    "readers-are-no-users",
    "share-expiry-409",
    "smaller-pages",
    "spent-share-key-403",
    "spent-share-key-404",
    "throttle",
    "throttle-other-code",
    "unknown-filters-ignored",
    "unknown-prefer-422",
    "unknown-prefer-is-full",
    "unknown-template-403",
    "unknown-template-422",
    "viewer-checkpoint-404",
    "whole-second-dates",
}


EXTENT = {"southWest": {"latitude": 2, "longitude": 2}, "northEast": {"latitude": 1, "longitude": 1}}


def tour(admin: Any) -> Iterator[httpx.Response]:
    """Requests that touch every resource of iModels and their copies."""
    path = yield from beginning(admin)
    yield from modes(admin, path)
    yield from copies(admin, path)
    yield from opened(admin)
    yield from lists(admin)
    yield from reads_and_changes(admin, path)
    yield from refusals(admin, path)
    yield from ending(admin, path)


def beginning(admin: Any) -> Generator[httpx.Response, None, str]:
    """Three iModels; returns the path of the last, which then has a timeline."""
    for name in ("b", "a", "c"):
        created = admin.post(json={"iTwinId": ITWIN, "name": name, "description": "One", "extent": EXTENT})
        yield created
    path = f"/{created.json().get('iModel', {}).get('id', UNKNOWN_ITWIN)}"
    yield admin.get(f"?iTwinId={ITWIN}")
    yield admin.get(f"{path}/operations/create")
    yield admin.get(f"?iTwinId={ITWIN}&$orderBy=name desc&$top=1")
    yield admin.get(f"{path}/users/{USERS['admin'].id}")
    plant(admin, path[1:])
    return path


def modes(admin: Any, path: str) -> Iterator[httpx.Response]:
    """Each way to make an iModel."""
    late = admin.post(json={"iTwinId": ITWIN, "name": "late", "creationMode": "empty"})
    yield late
    yield admin.delete(f"/{late.json()['iModel']['id']}")
    source = {"iModelId": path[1:], "changesetId": "2" * 40}
    merged = admin.post(json={"iTwinId": ITWIN, "name": "merged", "template": source})
    yield merged
    waits = admin.post(json={"iTwinId": ITWIN, "name": "waits", "creationMode": "empty"})
    admin.wait()
    yield admin.get(f"/{waits.json()['iModel']['id']}")
    yield admin.get(f"/{merged.json()['iModel']['id']}")
    yield admin.get(f"/{merged.json()['iModel']['id']}/changesets")
    yield admin.get(f"/{merged.json()['iModel']['id']}/baselinefile")
    waiting = admin.post(json={"iTwinId": ITWIN, "name": "file", "baselineFile": {"size": 2}})
    yield waiting
    yield from baseline(admin, waiting)


def lists(admin: Any) -> Iterator[httpx.Response]:
    """The list of an iTwin in pages, in order, filtered."""
    yield admin.http.get(f"{admin.server.url}/?iTwinId={ITWIN}")
    for query in ("", "&$top=2", "&$top=2&$skip=1", "&$continuationToken=&$top=1", "&$orderBy=name desc"):
        answer = admin.get(f"?iTwinId={ITWIN}{query}")
        yield answer
        if following := (answer.json().get("_links") or {}).get("next"):
            yield admin.http.get(admin.server.origin + following["href"].removeprefix(admin.server.origin))
    for query in ("&name=a", "&name=none", "&$search=B", "&$search=o", "&state=notInitialized", "&$top=0"):
        yield admin.get(f"?iTwinId={ITWIN}{query}", headers=FULL)
    yield admin.get(f"?iTwinId={ITWIN}", headers={"Prefer": "return=nothing"})


def reads_and_changes(admin: Any, path: str) -> Iterator[httpx.Response]:
    """One iModel with what belongs to it, and updates of it."""
    for tail in ("", "/users", f"/users/{USERS['admin'].id}", "/users/x", "/baselinefile", "/thumbnail"):
        yield admin.get(path + tail, headers=FULL)
    yield admin.get(f"{path}/namedversions?state=visible&$orderBy=createdDateTime&$top=1")
    yield admin.patch(path, json={"description": "Two", "name": None})
    yield admin.patch(path, json={"description": None})
    yield admin.patch(path, json={"name": "c", "extent": EXTENT})
    yield admin.post(json={"iTwinId": ITWIN, "name": "c"})
    yield admin.patch(path, json={"name": "c2"})
    again = admin.post(json={"iTwinId": ITWIN, "name": "c"})
    yield again
    yield admin.delete(f"/{again.json().get('iModel', {}).get('id', UNKNOWN_ITWIN)}")
    yield admin.patch(path, json={"name": "c"})
    yield admin.get(path)


def ending(admin: Any, path: str) -> Iterator[httpx.Response]:
    """A last copy, and the iModel is deleted."""
    yield admin.post(f"{path}/clone", json={"iTwinId": ITWIN, "name": "last"})
    yield admin.delete(path)
    yield admin.delete(path)
    yield admin.get(path)
    yield admin.get(f"?iTwinId={ITWIN}", headers=FULL)
    yield admin.post(json={"iTwinId": ITWIN, "name": "c"})


def plant(admin: Any, id: str) -> None:
    """Give an iModel a timeline, two versions and a briefcase."""
    store = admin.server.service.store
    if id not in store.imodels:
        return
    imodel, creator = store.imodels[id], USERS["admin"].id
    imodel.briefcases[2] = Briefcase(2, creator, store.clock.now(), "Laptop")
    for number in ("1", "2", "3"):
        now = store.clock.now()
        parent = imodel.timeline[-1].id if imodel.timeline else ""
        imodel.append(Changeset(number * 40, parent, 2, 2, creator, now, pushed=now))
        store.blobs.put(container(imodel), f"{number * 40}.cs", b"cs", now)
    for name, index in (("First", 1), ("Third", 3)):
        version = NamedVersion(store.new_id(), name, creator, store.clock.now(), str(index) * 40, index)
        imodel.versions[version.id] = version


def baseline(admin: Any, waiting: httpx.Response) -> Iterator[httpx.Response]:
    with suppress(KeyError, TypeError):
        made = waiting.json()["iModel"]
        file = f"/{made['id']}/baselinefile"
        yield admin.get(f"/{made['id']}")
        yield admin.get(f"/{made['id']}/operations/create")
        yield admin.post(file)
        upload = made["_links"]["upload"]["href"].removeprefix(admin.server.origin)
        kind = {"x-ms-blob-type": "BlockBlob"}
        yield httpx.put(admin.server.origin + upload, content=b"12", headers=kind)
        yield admin.post(file)
        yield admin.post(file)
        admin.wait()
        read = admin.get(file)
        yield read
        yield from downloaded(admin, read.json()["baselineFile"])


def opened(admin: Any) -> Iterator[httpx.Response]:
    """Requests about who may see an iModel."""
    permitted = {"permissions": ["imodels_webview", "imodels_manage"]}
    for kind, entry in (
        ("rolePermissions", {"roleId": ROLES["reader"], **permitted}),
        ("userPermissions", {"userId": USERS["reader"].id, **permitted}),
    ):
        made = admin.post(json={"iTwinId": ITWIN, "name": kind}).json()
        path = f"/{made.get('iModel', {}).get('id', UNKNOWN_ITWIN)}"
        yield admin.acting("reader", "GET", f"{path}/permissions")
        yield admin.patch(f"{path}/{kind.lower()}", json={kind: [entry]})
        yield admin.get(f"{path}/{kind.lower()}")
        yield admin.acting("reader", "GET", f"{path}/permissions")
        yield admin.acting("reader", "PATCH", path, json={"description": "changed"})
        yield admin.get(path)
    with suppress(KeyError):
        yield from shared(admin, path)


def shared(admin: Any, path: str) -> Iterator[httpx.Response]:
    now = admin.server.service.store.clock.now()
    later, latest = ((now + timedelta(days=days)).isoformat() for days in (1, 2))
    plant(admin, path[1:])
    share = {"name": "s", "permission": "imodels_webview"}
    made = admin.post(f"{path}/shares", json=share | {"expiresAt": later})
    yield made
    whole = made.json()["share"]
    place, key = f"{path}/shares/{whole['id']}", {"Authorization": f"Basic {whole['shareKey']}"}
    yield admin.get(f"{path}/shares")
    yield admin.patch(place, json={"expiresAt": latest})
    yield admin.get(place)
    yield admin.get(f"{path}/changesets/1", headers=key)
    yield admin.post(f"{path}/shares", json=share | {"expiresAt": (now + timedelta(days=400)).isoformat()})
    yield admin.delete(place)
    yield admin.get(place)
    yield admin.get(f"{path}/changesets/1", headers=key)


def copies(admin: Any, path: str) -> Iterator[httpx.Response]:
    for kind, name, body in COPIES:
        members = {"iTwinId": ITWIN, "name": name, **body}
        answer = admin.post(f"{path}/{kind}", json=members)
        yield answer
        copied = f"/{answer.headers.get('location', '').rpartition('/')[2]}"
        yield admin.get(copied)
        yield admin.get(f"{copied}/operations/create")
        admin.wait()
        yield admin.get(copied)
        yield admin.get(f"{copied}/operations/create")
        for tail in TAILS if name == "d" else TAILS[-1:]:
            yield admin.get(copied + tail, headers=FULL)
        changeset = admin.get(f"{copied}/changesets/1")
        yield changeset
        yield from downloaded(admin, changeset.json().get("changeset", {}))


def downloaded(admin: Any, entity: dict[str, Any]) -> Iterator[httpx.Response]:
    if link := entity.get("_links", {}).get("download"):
        file = admin.server.origin + link["href"].removeprefix(admin.server.origin)
        yield httpx.get(file)
        yield httpx.get(file, headers={"Range": "bytes=0-0"})
        # A broken signature, and a link that only reads.
        yield httpx.get(re.sub("sig=.", "sig=-", file))
        yield httpx.put(file, content=b"x", headers={"x-ms-blob-type": "BlockBlob"})


def refusals(admin: Any, path: str) -> Iterator[httpx.Response]:
    yield admin.post(json={"iTwinId": ITWIN, "name": " ", "extent": 5})
    yield admin.post(f"{path}/baselinefile")
    yield admin.patch(f"{path}/changesets/1", content=b"{}", headers={"Content-Type": "text/plain"})
    yield admin.get(f"?iTwinId={ITWIN}&$orderBy=colour")
    yield admin.acting("viewer", "GET", f"{path}/namedversions/x/checkpoint")
    yield admin.acting("viewer", "GET", f"{path}/changesets/0/checkpoint")
    yield admin.post(json={"iTwinId": ITWIN, "name": "a", "template": {"iModelId": UNKNOWN_ITWIN}})
    yield admin.post(json={"iTwinId": ITWIN, "name": "q", "creationMode": "fromBaseline"})
    yield admin.post(json={"iTwinId": ITWIN, "name": "a"})
    yield admin.get(f"?iTwinId={ITWIN}&name=a&$search=a")
    yield admin.get("")
    yield admin.get("/none")
    yield admin.get(path, headers={"Content-Type": "text/plain"})
    yield admin.get(path, headers={"Authorization": "Bearer x", "X-Correlation-Id": "7"})
    yield admin.get(path, headers={"Authorization": "Bearer e30.e30."})
    yield admin.acting("writer", "POST", json={"iTwinId": ITWIN, "name": "by a writer"})
    for name in ("outsider", "reader", "viewer"):
        yield admin.acting(name, "GET", path)
        yield admin.get(f"{path}/users")
        yield admin.acting(name, "PATCH", path, json={"name": "z"})


def hidden(found: re.Match[str]) -> str:
    """Stars for what changes; as many as it had characters, since a liberty may write a date shorter."""
    return "*" * (3 if found.group().startswith("sig=") else len(found.group()))


def transcript(admin: Any) -> list[str]:
    changing = re.compile(r"127\.0\.0\.1:\d+|(?<=\d{4}-)\d\d-\d\dT[\d:%A]+|\.\d{3,7}(?=Z)|sig=[\w%]+")
    lines = []
    for answer in tour(admin):
        headers = {k: v for k, v in answer.headers.items() if k not in UNLIKE}
        text = answer.content.decode("latin-1")
        same = changing.sub(hidden, f"{headers} {text}")
        lines.append(f"{answer.status_code} {same}")
    return lines


def mine(name: str) -> bool:
    """Whether the tour could show a fault; the rest belongs to resources it does not touch."""
    other = (
        "changesets/",
        "changeset-groups/",
        "extended-data/",
        "named-versions/",
        "checkpoints/",
        "briefcases/",
        "locks/",
        "lists/paging-of-clients",
        "copies/only-the-timeline:groups",
        "copies/only-the-timeline:extended-data",
        "requests/refused-changes-nothing:created",
        "shares/revoke-removes:returns",
        "shares/update-",
    )
    return not name.startswith((*other, *ELSEWHERE)) and not name.endswith("-won-once")


@pytest.fixture(scope="module")
def honest(shared: Any, calling: Any) -> list[str]:
    """What an unbent mock answers."""
    shared.service.bend()
    caller = calling(shared, "admin")
    with caller.http:
        return transcript(caller)


def test_the_honest_mock_repeats_itself(start: Any, honest: list[str]) -> None:
    assert transcript(start()) == honest
    assert not any(line.startswith("5") for line in honest)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the tests that take a tour for each fault or liberty a seeded choice of them, or all of them."""
    known = {"fault": [name for name in catalogue.list_faults() if mine(name)], "liberty": sorted(VISIBLE)}
    for what in known.keys() & metafunc.fixturenames:
        every = metafunc.config.getoption("--every")
        metafunc.parametrize(what, known[what] if every else sample(known[what], CHOSEN))


def test_a_fault_changes_answers(admin: Any, honest: list[str], fault: str) -> None:
    admin.server.service.bend(faults=[fault])
    broken = transcript(admin)
    assert broken != honest
    assert any(line.startswith("5") for line in broken) == (fault in DOCUMENTED_5XX)


def test_a_liberty_is_no_defect(admin: Any, honest: list[str], liberty: str) -> None:
    admin.server.service.bend(liberties=[liberty])
    free = transcript(admin)
    assert not any(line.startswith("5") for line in free)
    assert free != honest


def test_headers_of_tutorials_lead_to_what_was_made(admin: Any) -> None:
    admin.server.service.bend(liberties=["tutorial-headers"])
    path = f"/{admin.make()['id']}"
    made = admin.post(f"{path}/changesetgroups", json={"description": "x"})
    place = admin.announce(path, admin.briefcase(path), 1)
    for created in (made, place):
        link = next(iter(created.json().values()))["_links"].get("self")
        assert created.headers.get("location") == (link and link["href"])
    assert place.headers["location"].endswith("1".zfill(40))
    assert admin.get(f"{path}/changesets").headers["etag"]
