"""Uploads: at once and in blocks, with what clients of blob storage rely on."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import httpx
import pytest

from conformance.mock.settings import Settings
from conformance.mock.storage import writing

PUT = {"x-ms-blob-type": "BlockBlob"}


def upload_link(admin: Any, size: int = 10) -> str:
    return str(admin.make(baselineFile={"size": size})["_links"]["upload"]["href"])


@pytest.fixture
def link(admin: Any) -> str:
    return upload_link(admin)


def block(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def staged(link: str, id: str, data: bytes, **headers: str) -> httpx.Response:
    return httpx.put(f"{link}&comp=block&blockid={httpx.QueryParams(x=id)}".replace("x=", ""), content=data)


def listed(link: str, *ids: str, body: str = "") -> httpx.Response:
    entries = "".join(f"<Latest>{id}</Latest>" for id in ids)
    text = body or f'<?xml version="1.0" encoding="utf-8"?><BlockList>{entries}</BlockList>'
    headers = {"x-ms-blob-content-type": "application/x-imodel", "x-ms-meta-kind": "test"}
    return httpx.put(f"{link}&comp=blocklist", content=text, headers=headers)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers["x-ms-error-code"]


def md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def test_an_upload_is_told_and_read_back(link: str) -> None:
    done = httpx.put(link, content=b"0123456789", headers={**PUT, "Content-MD5": md5(b"0123456789")})
    read = httpx.get(link)
    assert (done.status_code, read.status_code, read.content) == (201, 200, b"0123456789")
    assert done.headers["etag"] == read.headers["etag"]
    assert done.headers["last-modified"] == read.headers["last-modified"]
    assert done.headers["content-md5"] == read.headers["content-md5"] == md5(b"0123456789")
    assert (read.headers["accept-ranges"], read.headers["x-ms-blob-type"]) == ("bytes", "BlockBlob")


def test_a_second_upload_has_another_etag_even_with_the_same_bytes(link: str) -> None:
    tags = {httpx.put(link, content=b"same", headers=PUT).headers["etag"] for _ in range(3)}
    assert len(tags) == 3


def test_blocks_become_a_file_in_the_order_of_their_list(link: str) -> None:
    for id, data in (("b", b"world"), ("a", b"hello "), ("c", b"!")):
        assert staged(link, block(id), data).status_code == 201
    assert httpx.get(link).status_code == 404
    done = listed(link, block("a"), block("b"))
    assert done.status_code == 201
    read = httpx.get(link)
    assert (read.content, read.headers["etag"]) == (b"hello world", done.headers["etag"])
    assert (read.headers["content-type"], read.headers["x-ms-meta-kind"]) == ("application/x-imodel", "test")
    assert code(listed(link, block("c"))) == (400, "InvalidBlockList")


def test_what_is_no_block_is_refused(link: str) -> None:
    assert code(staged(link, "no base64!", b"x")) == (400, "InvalidQueryParameterValue")
    assert code(staged(link, "", b"x")) == (400, "InvalidQueryParameterValue")
    assert code(staged(link, block("z" * 65), b"x")) == (400, "InvalidQueryParameterValue")
    assert staged(link, block("aa"), b"x").status_code == 201
    assert code(staged(link, block("bbbbbbb"), b"x")) == (400, "InvalidBlobOrBlock")


def test_blocks_that_wait_are_counted(link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_BLOCKS", 2)
    assert [staged(link, block(id), b"x").status_code for id in "aba"] == [201, 201, 201]
    assert code(staged(link, block("c"), b"x")) == (409, "BlockCountExceedsLimit")


@pytest.mark.parametrize(
    "body",
    [
        "no XML",
        "<Other/>",
        "<BlockList>",
        '<!DOCTYPE x [<!ENTITY a "b">]><BlockList><Latest>&a;</Latest></BlockList>',
        "<BlockList>\ud800</BlockList>",
    ],
)
def test_what_is_no_list_is_refused(link: str, body: str) -> None:
    answer = httpx.put(f"{link}&comp=blocklist", content=body.encode(errors="surrogatepass"))
    assert code(answer) == (400, "InvalidXmlDocument")


def test_an_empty_list_makes_an_empty_file(link: str) -> None:
    assert listed(link, body="<BlockList/>").status_code == 201
    assert httpx.get(link).content == b""


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (400, "MissingRequiredHeader")),
        ({"x-ms-blob-type": "PageBlob"}, (400, "InvalidHeaderValue")),
        ({**PUT, "Content-MD5": "no"}, (400, "InvalidMd5")),
        ({**PUT, "Content-MD5": md5(b"other")}, (400, "Md5Mismatch")),
        ({**PUT, "If-Match": '"0x0"'}, (412, "ConditionNotMet")),
        ({**PUT, "x-ms-meta-name": b"\xe9"}, (400, "InvalidHeaderValue")),
    ],
)
def test_an_upload_that_cannot_be_meant_is_refused(
    link: str, headers: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert code(httpx.put(link, content=b"x", headers=headers)) == expected


def test_conditions(link: str) -> None:
    only_new = {**PUT, "If-None-Match": "*"}
    first = httpx.put(link, content=b"x", headers=only_new)
    assert first.status_code == 201
    assert code(httpx.put(link, content=b"y", headers=only_new)) == (409, "BlobAlreadyExists")
    same = {"If-Match": first.headers["etag"]}
    assert httpx.get(link, headers=same).status_code == 200
    assert httpx.put(link, content=b"y", headers={**PUT, **same}).status_code == 201
    assert code(httpx.get(link, headers=same)) == (412, "ConditionNotMet")


def test_other_requests_to_storage_are_not_known(link: str) -> None:
    assert code(httpx.put(f"{link}&comp=lease", content=b"")) == (400, "InvalidQueryParameterValue")
    assert code(httpx.get(f"{link}&comp=tags")) == (400, "InvalidQueryParameterValue")
    assert code(httpx.post(link)) == (405, "UnsupportedHttpVerb")


def test_the_range_of_blob_clients_comes_first(link: str) -> None:
    httpx.put(link, content=b"0123456789", headers=PUT)
    part = {"Range": "bytes=0-0", "x-ms-range": "bytes=2-4", "x-ms-range-get-content-md5": "true"}
    answer = httpx.get(link, headers=part)
    assert (answer.status_code, answer.content, answer.headers["content-md5"]) == (206, b"234", md5(b"234"))
    assert code(httpx.get(link, headers={"x-ms-range": "bytes=10-"})) == (416, "InvalidRange")


def test_storage_is_bounded(start: Any) -> None:
    admin = start(Settings(max_blob=100, max_storage=4096 + 250))
    link = upload_link(admin)
    too_large = (413, "RequestBodyTooLarge")
    assert code(httpx.put(link, content=b"x" * 101, headers=PUT)) == too_large
    for id in ("a", "b"):
        assert staged(link, block(id), b"x" * 40).status_code == 201
    assert code(staged(link, block("c"), b"x" * 40)) == too_large
    assert staged(link, block("a"), b"x" * 60).status_code == 201
    assert code(listed(link, block("a"), block("a"))) == too_large
    assert listed(link, block("a")).status_code == 201
    assert admin.server.service.store.blobs.size == 60
    for name in ("B", "C", "D"):
        more = admin.make(name, baselineFile={"size": 10})["_links"]["upload"]["href"]
        assert httpx.put(more, content=b"x" * 100, headers=PUT).status_code == 201
    last = admin.make("E", baselineFile={"size": 10})
    admin.server.service.store.blobs.put("box", "rest", b"x" * 3900, admin.server.service.store.clock.now())
    refused = httpx.put(last["_links"]["upload"]["href"], content=b"x" * 100, headers=PUT)
    assert code(refused) == too_large


def test_deleting_an_imodel_frees_its_room(admin: Any) -> None:
    blobs = admin.server.service.store.blobs
    made = admin.make()
    assert blobs.size == 4096
    admin.get(f"/{made['id']}/briefcases/checkpoint")
    assert blobs.size == 8192
    admin.delete(f"/{made['id']}")
    assert blobs.size == 0
