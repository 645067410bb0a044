"""Ten thousand hostile requests: no server, however lenient, reads a write to others in what leaves."""

from __future__ import annotations

import json
import os
import posixpath
import random
from collections.abc import Callable, Iterator
from urllib.parse import quote, unquote

import httpx
import pytest

from conformance.credentials import Tokens
from conformance.exchange import Request
from conformance.target import Target
from conformance.transport.guard import Refused
from conformance.transport.journal import Journal
from conformance.transport.wire import Wire

BASE = "https://api.example.com/imodels"
ITWIN = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
OURS = "11111111-2222-4333-8444-555555555555"
THEIRS = "99999999-8888-4777-8666-555555555555"
FOREIGN_TWIN = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee"
CASES = int(os.environ.get("HOSTILE", "10000"))
NAMED = "x-http-method-override"
Disguise = Callable[[str], str]
DISGUISES: tuple[Disguise, ...] = (
    str.upper,
    lambda text: quote(text, safe=""),
    lambda text: "".join(f"%{ord(sign):02X}" for sign in text),
    lambda text: text.replace("%", "%25"),
    lambda text: text.replace("-", "%2D"),
    lambda text: text.replace("-", ""),
    lambda text: f"{{{text}}}",
    lambda text: f"{OURS}/../{text}",
    lambda text: f"{OURS}/%2e%2e/{text}",
    lambda text: f"{OURS}%2F..%2F{text}",
    lambda text: f"{OURS}\\..\\{text}",
    lambda text: f"{OURS}%5c..%5c{text}",
    lambda text: f"./{text}",
    lambda text: f"/{text}",
    lambda text: f"{text};{OURS}",
    lambda text: f"{text}/../{OURS}/../{text}",
    lambda text: f"{text}%00{OURS}",
    lambda text: f"{text}?{OURS}",
    lambda text: f"{text}#{OURS}",
    lambda text: f"{text}%3f{OURS}",
    lambda text: f" {text}",
    lambda text: f"{text}\t",
    lambda text: f"favorites/{text}",
    lambda text: f"recents/{text}",
    lambda text: f"Favorites/{text}",
    lambda text: text.replace("9", "\uff19"),
)
BASES = (
    BASE,
    BASE + "/",
    BASE.upper(),
    "https://api.example.com/IMODELS",
    "https://api.example.com/imodels/../imodels",
    "https://api.example.com/%69models",
    "https://api.example.com:443/imodels",
    "https://x@api.example.com/imodels",
    "https://api.example.com.evil.example/imodels",
    "http://api.example.com/imodels",
    "//api.example.com/imodels",
)
TAILS = ("", "/", "/locks", "/clone", "/fork", "/changesets/1", "/shares/x", "/thumbnail", "?$top=1")
METHODS = ("POST", "PUT", "PATCH", "DELETE", "delete", "GET", "Put", "DELETE\r\nX: y", "MOVE")


@pytest.fixture
def left() -> list[httpx.Request]:
    """What really left the machine."""
    return []


@pytest.fixture
def wire(journal: Journal, left: list[httpx.Request]) -> Iterator[Wire]:
    """A wire to a target that says yes to everything, and hands out links and ids that are somebody's."""

    def answer(request: httpx.Request) -> httpx.Response:
        left.append(request)
        links = {"upload": {"href": f"{BASE}/{THEIRS}", "storageType": "azure"}}
        listed = [{"id": THEIRS, "displayName": "of somebody"}]
        location = {"location": f"{BASE}/{THEIRS}"}
        body = {"iModel": {"id": THEIRS, "_links": links}, "iModels": listed}
        status = 307 if request.url.path.endswith("locks") else 200
        return httpx.Response(status, json=body, headers=location)

    journal.settle(journal.intend("ours", ITWIN), OURS)
    target = Target(BASE, (ITWIN,), Tokens.fixed({"main": "t"}), dedicated=True)
    opened = Wire.to(target, journal)
    opened.client.close()
    opened.client = httpx.Client(transport=httpx.MockTransport(answer))
    opened.send(Request("GET", f"{BASE}?iTwinId={ITWIN}"))
    left.clear()
    yield opened
    opened.close()


def _readings(path: str) -> Iterator[list[str]]:
    """The segments of a path, in every way a server or a gateway may read them."""
    forms = [path]
    for _ in range(3):
        forms.append(unquote(forms[-1]))
    for form in forms:
        for text in (form, form.replace("\\", "/"), form.partition(";")[0], form.partition("\0")[0]):
            for shape in (text, posixpath.normpath(text)):
                yield [part for part in shape.casefold().split("/") if part]


def _writes_to_others(request: httpx.Request) -> bool:
    if request.url.host != "api.example.com":
        return True
    method = request.headers.get(NAMED, request.method).upper()
    if method in {"GET", "HEAD", "OPTIONS"}:
        return False
    plain = THEIRS.replace("-", "")
    paths = (str(request.url.raw_path, "latin-1").partition("?")[0], request.url.path)
    readings = [parts for path in paths for parts in _readings(path)]
    named = any(plain in part.replace("-", "") for parts in readings for part in parts)
    return named or FOREIGN_TWIN in request.content.decode("latin-1").lower()


def _hostile(chance: random.Random) -> Request:
    segment = THEIRS
    for _ in range(chance.randrange(4)):
        segment = chance.choice(DISGUISES)(segment)
    if chance.random() < 0.2:
        segment = OURS
    headers = {chance.choice((NAMED, "Host", "x-original-url")): "DELETE"} if chance.random() < 0.15 else {}
    bodies = [
        {"iTwinId": FOREIGN_TWIN},
        {"ITWINID": FOREIGN_TWIN.upper(), "itwinid": ITWIN},
        {"iTwinId": ITWIN},
    ]
    body = json.dumps(chance.choice(bodies)).encode() if chance.random() < 0.5 else b""
    url = f"{chance.choice(BASES)}/{segment}{chance.choice(TAILS)}"
    if body and chance.random() < 0.3:
        url = chance.choice(BASES)
    return Request(chance.choice(METHODS), url, headers, body)


def test_no_hostile_request_writes_to_others(wire: Wire, left: list[httpx.Request]) -> None:
    chance = random.Random(6)
    sent = 0
    for _ in range(CASES):
        request = _hostile(chance)
        try:
            wire.send(request)
        except (Refused, httpx.InvalidURL):
            continue
        sent += 1
    assert [str(request.url) for request in left if _writes_to_others(request)] == []
    assert sent == len(left) > CASES / 100


def test_the_judge_of_these_cases_sees_what_is_hidden() -> None:
    seen = [f"{BASE}/{OURS}/../{THEIRS}", f"{BASE}/{THEIRS.upper()}/locks", f"{BASE}/%2539{THEIRS[1:]}"]
    assert all(_writes_to_others(httpx.Request("DELETE", url)) for url in seen)
    assert _writes_to_others(httpx.Request("GET", f"{BASE}/{THEIRS}", headers={NAMED: "DELETE"}))
    assert not _writes_to_others(httpx.Request("DELETE", f"{BASE}/{OURS}/locks"))


def test_an_id_that_was_there_before_is_not_ours_because_a_service_says_so(wire: Wire) -> None:
    body = json.dumps({"iTwinId": ITWIN, "name": "new"}).encode()
    wire.send(Request("POST", BASE, {}, body))
    with pytest.raises(Refused):
        wire.send(Request("DELETE", f"{BASE}/{THEIRS}"))


@pytest.mark.parametrize("status", [200, 307, 308])
def test_a_redirect_is_an_answer_like_any_other(wire: Wire, left: list[httpx.Request], status: int) -> None:
    answer = wire.send(Request("DELETE", f"{BASE}/{OURS}/locks"))
    assert answer.status == 307
    assert [str(request.url) for request in left] == [f"{BASE}/{OURS}/locks"]


@pytest.mark.parametrize(
    "href",
    [
        "http://acc.blob.example.net/c/f?sig=x",
        "https://user@acc.blob.example.net/c/f?sig=x",
        "ftp://acc.blob.example.net/c/f",
        "https:///c/f",
        "https://acc.blob.example.net/c/f g",
        "https://[broken/c",
    ],
)
def test_a_link_less_safe_than_the_target_is_no_storage(wire: Wire, href: str) -> None:
    from conformance.exchange import Answer

    body = json.dumps({"changeset": {"_links": {"upload": {"href": href, "storageType": "azure"}}}}).encode()
    wire.guard.learn(Request("POST", f"{BASE}/{OURS}/changesets"), Answer(201, {}, body))
    with pytest.raises(Refused):
        wire.guard.check(Request("PUT", href))
