"""Signed links: what opens a file, for how long, and that nothing else does."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from conformance.mock.call import Request
from conformance.mock.sas import Signer
from conformance.mock.service import Service
from conformance.mock.storage import stored
from conformance.mock.tokens import ITWIN

PUT = {"x-ms-blob-type": "BlockBlob"}


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers["x-ms-error-code"]


def download(admin: Any, id: str) -> str:
    read = admin.get(f"/{id}/baselinefile").json()["baselineFile"]
    return str(read["_links"]["download"]["href"])


def test_a_link_differs_on_every_read_and_each_opens(admin: Any) -> None:
    id = admin.make()["id"]
    links = [download(admin, id) for _ in range(20)]
    assert len(set(links)) == 20
    assert {httpx.get(link).content for link in links} == {httpx.get(links[0]).content}


def test_a_link_ends_by_the_clock_of_the_mock(admin: Any) -> None:
    link = download(admin, admin.make()["id"])
    admin.wait(1199)
    assert httpx.get(link).status_code == 200
    admin.wait(2)
    refused = httpx.get(link)
    assert code(refused) == (403, "AuthenticationFailed")
    assert "Signature not valid in the specified time frame" in refused.text
    assert refused.text.startswith('<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthenticationFailed<')


def test_a_link_is_good_for_its_own_file_and_right(admin: Any) -> None:
    mine, other = admin.make()["id"], admin.make("B")["id"]
    link = download(admin, mine)
    assert code(httpx.get(link.replace(mine, other))) == (403, "AuthenticationFailed")
    assert code(httpx.put(link, content=b"x", headers=PUT)) == (403, "AuthorizationPermissionMismatch")
    with_token = httpx.get(link, headers={"Authorization": "Bearer mock-token-admin"})
    assert code(with_token) == (403, "AuthenticationFailed")


def test_the_access_to_a_checkpoint_opens_its_file(admin: Any) -> None:
    path = f"/{admin.make()['id']}"
    number = admin.briefcase(path)
    admin.push(path, number, 1)
    admin.mark(path, place=1)
    admin.wait()
    found = admin.get(f"{path}/changesets/1/checkpoint").json()["checkpoint"]
    whole = httpx.get(found["_links"]["download"]["href"]).content
    assert len(whole) == found["size"]
    there, box = found["directoryAccessInfo"], found["containerAccessInfo"]
    file = f"{there['baseUrl']}/{there['baseDirectory']}/{found['dbName']}"
    assert httpx.get(f"{file}?{there['azure']['sasToken']}").content == whole
    assert httpx.get(file + box["sas"]).content == whole
    assert (box["account"], box["container"]) == (there["storage"], there["baseDirectory"])
    elsewhere = file.replace("imodelblocks", "imodelhub") + box["sas"]
    assert code(httpx.get(elsewhere)) == (403, "AuthenticationFailed")
    assert code(httpx.put(file + box["sas"], content=b"x", headers=PUT))[0] == 403
    admin.delete(path)
    assert code(httpx.get(file + box["sas"])) == (404, "BlobNotFound")


@pytest.fixture(scope="module")
def service() -> Service:
    return Service()


@pytest.fixture(scope="module")
def signed(service: Service) -> tuple[str, dict[str, str]]:
    """The path and the query of a good link."""
    now = service.store.clock.now()
    service.store.blobs.put("box", "file.bim", b"bytes", now)
    query = parse_qs(service.store.blobs.signer.sign("box", "file.bim", "rw", now, 1200))
    return "/imodelstorage/box/file.bim", {name: values[0] for name, values in query.items()}


def asked(service: Service, path: str, query: dict[str, str], method: str = "GET") -> int:
    request = Request(method, path, str(httpx.QueryParams(query)), PUT, b"other")
    return stored(service, request).status


TAMPERED = st.sampled_from(("replace", "insert", "delete", "swap"))
LETTERS = st.sampled_from("ABCabcxyz019+/=-_ \n\0é%")


@examples(max_examples=400, deadline=None)
@given(field=st.sampled_from(("sig", "sv", "sr", "st", "se", "sp")), data=st.data())
def test_whatever_is_changed_in_a_link_is_refused(
    service: Service, signed: tuple[str, dict[str, str]], field: str, data: st.DataObject
) -> None:
    path, query = signed
    text = query[field]
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(LETTERS)
    changed = {
        "replace": text[:place] + letter + text[place + 1 :],
        "insert": text[:place] + letter + text[place:],
        "delete": text[:place] + text[place + 1 :],
        "swap": text[:place].swapcase() + text[place:],
    }[data.draw(TAMPERED)]
    expected = 200 if changed == text else 403
    assert asked(service, path, {**query, field: changed}) == expected
    if changed != text:
        assert asked(service, path, {**query, field: changed}, "PUT") == 403


@pytest.mark.parametrize(
    "path",
    [
        "/imodelstorage/box/../box/file.bim",
        "/imodelstorage/box/%2e%2e/box/file.bim",
        "/imodelstorage/box/..%2ffile.bim",
        "/imodelstorage/box/./file.bim",
        "/imodelstorage/box//file.bim",
        "/imodelstorage/box/..\\file.bim",
        "/imodelstorage/box/file.bim%00",
        "/imodelstorage/box/",
        "/imodelstorage/box",
        "/imodelstorage/",
    ],
)
def test_a_path_that_leads_elsewhere_is_no_address(
    service: Service, signed: tuple[str, dict[str, str]], path: str
) -> None:
    assert asked(service, path, signed[1]) == 400


def test_another_secret_signs_otherwise(signed: tuple[str, dict[str, str]]) -> None:
    assert not Signer(b"another").genuine("box", "file.bim", signed[1])


def test_a_browser_may_use_storage(admin: Any) -> None:
    link = download(admin, admin.make()["id"])
    asking = {"Origin": "http://page.example", "Access-Control-Request-Method": "PUT"}
    allowed = httpx.options(link, headers={**asking, "Access-Control-Request-Headers": "x-ms-blob-type"})
    assert allowed.is_success
    assert allowed.headers["access-control-allow-headers"] == "x-ms-blob-type"
    answer = httpx.get(link, headers={"Origin": "http://page.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "etag" in answer.headers["access-control-expose-headers"]


def test_every_answer_says_its_version_and_number(admin: Any) -> None:
    link = download(admin, admin.make()["id"])
    own = {"x-ms-client-request-id": "mine-7"}
    answers = [httpx.get(link, headers=own), httpx.get(link[:-4], headers=own)]
    assert [answer.headers["x-ms-client-request-id"] for answer in answers] == ["mine-7", "mine-7"]
    assert len({answer.headers["x-ms-request-id"] for answer in answers}) == 2
    assert all(answer.headers["x-ms-version"] for answer in answers)


def test_links_stay_in_the_query_they_were_made_for(admin: Any) -> None:
    made = admin.post(json={"iTwinId": ITWIN, "name": "W", "baselineFile": {"size": 1}}).json()["iModel"]
    parts = urlsplit(made["_links"]["upload"]["href"])
    assert parts.path == f"/imodelstorage/imodelhub-{made['id']}/{made['id']}.bim"
    assert {"sv", "sr", "sig", "st", "se", "sp"} == parse_qs(parts.query).keys()
    assert parse_qs(parts.query)["sp"] == ["rw"]
