"""Storage behind signed links."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

PUT = {"x-ms-blob-type": "BlockBlob"}


@pytest.fixture
def href(admin: Any) -> str:
    made = admin.make(baselineFile={"size": 10})
    link: str = made["_links"]["upload"]["href"]
    assert httpx.put(link, content=b"0123456789", headers=PUT).status_code == 201
    return link


def test_an_upload_says_its_kind(href: str) -> None:
    refused = httpx.put(href, content=b"x")
    assert (refused.status_code, refused.headers["x-ms-error-code"]) == (400, "MissingRequiredHeader")


@pytest.mark.parametrize(
    ("asked", "status", "content", "range"),
    [
        ("bytes=0-0", 206, b"0", "bytes 0-0/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, None, "bytes */10"),
        ("bytes=-", 200, b"0123456789", None),
        ("lines=1", 200, b"0123456789", None),
    ],
)
def test_ranges(href: str, asked: str, status: int, content: bytes | None, range: str | None) -> None:
    answer = httpx.get(href, headers={"Range": asked})
    assert (answer.status_code, answer.headers.get("content-range")) == (status, range)
    assert content is None or answer.content == content


def test_a_head_answers_without_bytes(href: str) -> None:
    answer = httpx.head(href)
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "10", b"")
    assert answer.headers["etag"] == httpx.get(href).headers["etag"]


def test_links_are_signed_and_end(admin: Any, href: str) -> None:
    address = httpx.URL(href)
    for changed in ({"sig": "0"}, {"sp": "rwd"}, {"se": "2999-01-01T00:00:00Z"}, {}):
        query = {**address.params, **changed} if changed else {}
        assert httpx.get(address.copy_with(params=query)).status_code == 403
    other = address.copy_with(path=address.path.replace(".bim", ".cs"))
    assert httpx.get(other).status_code == 403
    admin.wait(3600)
    assert httpx.get(href).status_code == 403


def test_a_download_link_takes_no_upload(admin: Any) -> None:
    read = admin.get(f"/{admin.make()['id']}/baselinefile").json()["baselineFile"]
    download = read["_links"]["download"]["href"]
    assert httpx.put(download, content=b"x", headers=PUT).status_code == 403
    assert httpx.delete(download).status_code == 405


def test_what_was_never_uploaded_is_not_there(admin: Any) -> None:
    link = admin.make("B", baselineFile={"size": 1})["_links"]["upload"]["href"]
    assert httpx.get(link).status_code == 404
