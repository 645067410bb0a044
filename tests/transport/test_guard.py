"""The guard: no request can write to an iModel that the run did not make."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.credentials import Tokens
from conformance.exchange import Answer, Request
from conformance.target import Target
from conformance.transport.guard import Guard, Refused
from conformance.transport.journal import Journal

BASE = "https://api.example.com/imodels"
OURS = "11111111-2222-4333-8444-555555555555"
FOREIGN = "99999999-8888-4777-8666-555555555555"
ITWIN = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    journal = Journal(tmp_path_factory.mktemp("journal") / "journal.jsonl")
    journal.settle(journal.intend("ours", ITWIN, "engine"), OURS)
    yield Guard(Target(BASE, (ITWIN,), Tokens.fixed({"main": "t"})), journal)
    journal.close()


def _lets_through(guard: Guard, method: str, url: str, body: bytes = b"", scope: str = "") -> bool:
    try:
        guard.check(Request(method, url, {}, body), scope)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("method", WRITES)
def test_own_imodel_may_be_written(guard: Guard, method: str) -> None:
    assert _lets_through(guard, method, f"{BASE}/{OURS}/briefcases")
    assert _lets_through(guard, method, f"{BASE}/{OURS.upper()}")


@pytest.mark.parametrize("method", WRITES)
def test_foreign_imodel_may_not(guard: Guard, method: str) -> None:
    assert not _lets_through(guard, method, f"{BASE}/{FOREIGN}")
    assert not _lets_through(guard, method, f"{BASE}/{FOREIGN}/locks")


def test_everything_under_the_base_may_be_read(guard: Guard) -> None:
    assert _lets_through(guard, "GET", f"{BASE}/{FOREIGN}/changesets?$top=1")


DISGUISES = (
    lambda text: text,
    str.upper,
    lambda text: quote(text, safe=""),
    lambda text: "".join(f"%{ord(c):02x}" for c in text),
    lambda text: "".join(f"%25{ord(c):02x}" for c in text),
    lambda text: text.replace("-", ""),
    lambda text: "{" + text + "}",
    lambda text: f"./{text}",
    lambda text: f"{OURS}/../{text}",
    lambda text: f"{OURS}/%2e%2e/{text}",
    lambda text: f"{OURS}%2f..%2f{text}",
    lambda text: f"/{text}",
    lambda text: f"{text};{OURS}",
    lambda text: f"{OURS}\\..\\{text}",
    lambda text: f"{text}?x=/{OURS}",
    lambda text: f"{text}#/{OURS}",
)


@settings(max_examples=600, deadline=None)
@given(
    foreign=st.uuids().map(str) | st.just(FOREIGN),
    disguise=st.sampled_from(DISGUISES),
    method=st.sampled_from(WRITES),
    tail=st.sampled_from(("", "/", "/locks", "/briefcases/2", "/clone", "/thumbnail")),
    base=st.sampled_from(
        (BASE, BASE + "/", BASE.upper(), "https://api.example.com/IMODELS", BASE + "/favorites")
    ),
)
def test_no_disguise_writes_to_a_foreign_imodel(
    guard: Guard, foreign: str, disguise: object, method: str, tail: str, base: str
) -> None:
    assert callable(disguise)
    assert not _lets_through(guard, method, f"{base}/{disguise(foreign)}{tail}")


@settings(max_examples=300, deadline=None)
@given(segment=st.text(min_size=1, max_size=60), method=st.sampled_from(WRITES))
def test_no_text_writes_anywhere_but_ours(guard: Guard, segment: str, method: str) -> None:
    if segment.lower() != OURS:
        assert not _lets_through(guard, method, f"{BASE}/{quote(segment, safe='')}/locks")


@pytest.mark.parametrize("method", WRITES)
def test_lists_of_the_user_are_written_for_own_imodels_only(guard: Guard, method: str) -> None:
    assert _lets_through(guard, method, f"{BASE}/favorites/{OURS}")
    for path in (f"favorites/{FOREIGN}", "favorites", f"recents/{FOREIGN}", f"Recents/{OURS}", "recents"):
        assert not _lets_through(guard, method, f"{BASE}/{path}")


@pytest.mark.parametrize("dedicated", [True, False])
def test_recents_are_pushed_out_of_no_list_but_the_suites_own(journal: Journal, dedicated: bool) -> None:
    journal.settle(journal.intend("ours", ITWIN), OURS)
    guard = Guard(Target(BASE, (ITWIN,), Tokens.fixed({"main": "t"}), dedicated=dedicated), journal)
    assert _lets_through(guard, "POST", f"{BASE}/recents/{OURS}") is dedicated
    assert _lets_through(guard, "DELETE", f"{BASE}/recents/{OURS}")


def test_a_scope_narrows_what_may_be_written(guard: Guard) -> None:
    assert _lets_through(guard, "DELETE", f"{BASE}/{OURS}", scope="engine")
    assert not _lets_through(guard, "DELETE", f"{BASE}/{OURS}", scope="other")


@pytest.mark.parametrize(
    "url",
    [
        f"http://api.example.com/imodels/{OURS}",
        f"https://api.example.com.evil.example/imodels/{OURS}",
        f"https://api.example.com:8443/imodels/{OURS}",
        f"https://user@api.example.com/imodels/{OURS}",
        f"https://api.example.com/imodels-other/{OURS}",
        f"https://api.example.com/users/{OURS}",
    ],
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_no_other_address_is_asked(guard: Guard, url: str, method: str) -> None:
    assert not _lets_through(guard, method, url)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"iTwinId": FOREIGN, "name": "x"}).encode(),
        json.dumps({"itwinid": FOREIGN}).encode(),
        f'{{"iTwinId": "{FOREIGN}", "iTwinId": "{ITWIN}"}}'.encode(),
        f'{{"iTwinId": "{{{FOREIGN.upper()}}}"}}'.encode(),
        json.dumps({"iTwinId": FOREIGN.replace("-", "")}).encode(),
        f'{{"iTwinId": "{FOREIGN}", broken'.encode(),
    ],
)
@pytest.mark.parametrize("path", ["", "/", f"/{OURS}/clone", f"/{OURS}/fork"])
def test_nothing_is_made_in_a_foreign_itwin(guard: Guard, body: bytes, path: str) -> None:
    assert not _lets_through(guard, "POST", BASE + path, body)


def test_things_are_made_in_the_given_itwin(guard: Guard) -> None:
    assert _lets_through(guard, "POST", BASE, json.dumps({"iTwinId": ITWIN.upper()}).encode())
    assert _lets_through(guard, "POST", BASE + "/", b'{"broken')


def test_storage_is_open_only_by_the_links_handed_out(guard: Guard) -> None:
    href = "https://acc.blob.example.net/c/f.cs?sig=x"
    near = "https://api.example.com/imodelstore/c/f.cs?sig=x"
    traps = (f"{BASE}/{FOREIGN}", f"https://API.example.com/%69models/{FOREIGN}")
    links = {str(place): _storage(link) for place, link in enumerate((href, near, *traps))}
    assert not _lets_through(guard, "PUT", href)
    guard.learn(Request("POST", f"{BASE}/{OURS}/changesets"), _answer(links))
    assert _lets_through(guard, "PUT", href)
    assert _lets_through(guard, "PUT", near)
    assert not _lets_through(guard, "PUT", href + "&more=1")
    assert not any(_lets_through(guard, "PUT", trap) for trap in traps)


def test_a_wrong_signature_may_be_tried_on_a_file_of_ours(guard: Guard) -> None:
    href = "https://acc.blob.example.net/c/ours.cs?sp=rw&sig=x%2F&se=1"
    guard.learn(Request("POST", BASE), _answer({"upload": _storage(href)}))
    for method in ("GET", "PUT"):
        assert _lets_through(guard, method, href.replace("x%2F", "y"))
        assert not _lets_through(guard, method, href.replace("sp=rw", "sp=r"))
        assert not _lets_through(guard, method, href.replace("ours", "other"))


def test_files_of_others_may_only_be_read(guard: Guard) -> None:
    href = "https://acc.blob.example.net/c/foreign.cs?sig=x"
    guard.learn(Request("GET", f"{BASE}/{FOREIGN}/changesets/1"), _answer({"download": _storage(href)}))
    assert _lets_through(guard, "GET", href)
    assert not any(_lets_through(guard, method, href) for method in WRITES)


def test_a_file_hands_out_no_links(guard: Guard) -> None:
    file, inside = "https://acc.blob.example.net/c/f.json?sig=x", "https://elsewhere.example.net/?sig=x"
    guard.learn(Request("POST", BASE), _answer({"download": _storage(file)}))
    guard.learn(Request("GET", file), _answer({"download": _storage(inside)}))
    assert not _lets_through(guard, "GET", inside)


def _answer(links: dict[str, dict[str, str]]) -> Answer:
    return Answer(200, {}, json.dumps({"changeset": {"_links": links}}).encode())


def _storage(href: str) -> dict[str, str]:
    return {"href": href, "storageType": "azure"}


def test_invented_ids_may_be_written_since_they_are_nobodys(journal: Journal) -> None:
    guard = Guard(Target(BASE, (ITWIN,), Tokens.fixed({"main": "t"})), journal)
    assert _lets_through(guard, "DELETE", f"{BASE}/{journal.invent()}")
    assert not _lets_through(guard, "DELETE", f"{BASE}/{uuid.uuid4()}")


@pytest.mark.parametrize("base", ["https://gateway.example", "https://gateway.example/a/b/imodels"])
def test_every_base_path_is_a_fence(base: str, journal: Journal) -> None:
    journal.settle(journal.intend("ours", ITWIN), OURS)
    guard = Guard(Target(base, (ITWIN,), Tokens.fixed({"main": "t"})), journal)
    assert _lets_through(guard, "DELETE", f"{base}/{OURS}/locks")
    assert _lets_through(guard, "GET", f"{base}?iTwinId={ITWIN}")
    for url in (f"{base}/{FOREIGN}", f"{base}/../{OURS}", f"{base}x/{OURS}", f"{base}/a/b/imodels/{FOREIGN}"):
        assert not _lets_through(guard, "DELETE", url)
