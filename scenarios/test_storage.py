"""Storage: what a signed link opens, what it does not, and that files come in parts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from conformance.api import Api, succeed
from conformance.exchange import Exchange
from conformance.fixtures import Timeline
from conformance.make import Entity, Maker
from conformance.story import Undecided, promise

SIGNATURE = re.compile(r"(?<=[?&]sig=)[^&]+|(?<=[?&]X-Goog-Signature=)[^&]+")


@pytest.fixture
def begun(api: Api, make: Maker, workshop: Entity) -> Iterator[Entity]:
    """A changeset that waits for its file; nothing was uploaded before it. It is completed afterwards."""
    id_, data = workshop["id"], make.content(120)
    number = make.briefcase(id_)["briefcaseId"]
    body = make.push_body(number, make.head(id_), data)
    made: Entity = succeed(api("create-imodel-changeset", id=id_, body=body))
    yield made
    api.upload(made["_links"]["upload"], data)
    make.complete(id_, body["id"], number)


def _download(api: Api, timeline: Timeline, place: int) -> Entity:
    changeset = timeline.changesets[place]["id"]
    told = succeed(api("get-imodel-changeset-details", id=timeline.id, changeset=changeset))
    link: Entity = told["_links"]["download"]
    return link


def _wrong(link: Entity) -> Entity:
    """The link with another signature of the same length."""
    found = SIGNATURE.search(link["href"])
    if found is None:
        raise Undecided("the link has no signature that this suite knows")
    changed = found.group().translate(str.maketrans("abcdefABCDEF", "bcdefaBCDEFA"))
    if changed == found.group():
        raise Undecided("the signature has no letter to change")
    return link | {"href": link["href"].replace(found.group(), changed)}


def test_an_upload_link_takes_the_file(api: Api, make: Maker, begun: Entity) -> None:
    link, data = begun["_links"]["upload"], make.content(120)
    with promise("storage/upload-accepted"):
        assert api.upload(link, data).ok


def test_a_wrong_signature_opens_nothing(api: Api, make: Maker, timeline: Timeline, begun: Entity) -> None:
    with promise("storage/signature-checked"):
        assert not api.download(_wrong(_download(api, timeline, 0))).ok
        assert not api.upload(_wrong(begun["_links"]["upload"]), make.content(120)).ok


def test_a_link_to_download_takes_no_upload(api: Api, make: Maker, workshop: Entity) -> None:
    id_, data = workshop["id"], make.content(120)
    pushed = make.push(id_, make.briefcase(id_)["briefcaseId"], make.head(id_), data=data)
    told = succeed(api("get-imodel-changeset-details", id=id_, changeset=pushed["id"]))
    link = told["_links"]["download"]
    with promise("storage/download-link-takes-no-upload"):
        assert not api.upload(link, make.content(120)).ok
        kept = api.download(link)
        assert not kept.ok or kept.answer.body == data


def test_reading_again_gives_a_link_that_opens(api: Api, timeline: Timeline) -> None:
    with promise("storage/fresh-link-on-read"):
        for _ in range(2):
            copy = api.download(_download(api, timeline, 2))
            assert copy.ok
            assert copy.answer.body == timeline.contents[timeline.changesets[2]["id"]]


def test_a_baseline_comes_in_parts(api: Api, timeline: Timeline) -> None:
    with promise("baseline-files/bytes-by-range"):
        found = succeed(api("get-imodel-baseline-file-details", id=timeline.id))
        link = found["_links"]["download"]
        if link is None:
            raise Undecided("the baseline file has no download link")
        _one_byte(api.download(link, "0-0"), found["fileSize"])


def test_a_checkpoint_comes_in_parts(api: Api, timeline: Timeline) -> None:
    with promise("checkpoints/bytes-by-range"):
        latest = api("get-briefcase-checkpoint", id=timeline.id)
        link = latest.entity["_links"]["download"] if latest.ok else None
        if link is None:
            raise Undecided("no checkpoint has a download link")
        _one_byte(api.download(link, "0-0"), len(api.download(link).answer.body))


def _one_byte(part: Exchange, size: int) -> None:
    assert part.status == 206
    assert part.answer.headers.get("content-range") == f"bytes 0-0/{size}"
    assert len(part.answer.body) == 1
