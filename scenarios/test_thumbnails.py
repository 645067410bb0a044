"""Thumbnails: what is uploaded is what is shown, in both sizes and as a PNG."""

from __future__ import annotations

import pytest

from conformance.api import Api
from conformance.exchange import Exchange
from conformance.fixtures import Timeline
from conformance.make import Entity, Maker
from conformance.pictures import (
    BLUE,
    GREEN,
    JPEG,
    LARGE,
    LIMIT,
    PNG,
    RED,
    SMALL,
    WHITE,
    Colour,
    padded,
    picture,
    shows,
    size_of,
)
from conformance.refusal import refused
from conformance.shared import Shared
from conformance.story import SetupFailed, Undecided, promise

SIZES = {"small": SMALL, "large": LARGE}
FIRST, SECOND, THIRD = (RED, GREEN, BLUE, WHITE), (WHITE, BLUE, GREEN, RED), (BLUE, RED, WHITE, GREEN)


@pytest.fixture(scope="session")
def decorated() -> set[str]:
    """The newborn iModels in which a picture was hung."""
    return set()


@pytest.fixture
def bare(newborns: Shared, decorated: set[str]) -> Entity:
    """An iModel in which no picture was hung so far."""
    if newborns()["id"] in decorated:
        newborns.used_up()
    decorated.add(newborns()["id"])
    return newborns()


def _put(api: Api, imodel: Entity, data: bytes, media_type: str = PNG) -> Exchange:
    return api("upload-imodel-thumbnail", id=imodel["id"], body=data, headers={"content-type": media_type})


def _hung(api: Api, imodel: Entity, data: bytes, media_type: str = PNG) -> Exchange:
    """Upload as set-up."""
    put = _put(api, imodel, data, media_type)
    if not put.ok:
        raise SetupFailed(f"the upload of a thumbnail answered {put.status}")
    return put


def _seen(api: Api, imodel: Entity, size: str = "small") -> bytes:
    shown = api("get-imodel-thumbnail", id=imodel["id"], query={"size": size})
    assert shown.status == 200, f"answered {shown.status}"
    return shown.answer.body


def _shown(api: Api, make: Maker, imodel: Entity, *colours: Colour, size: str = "small") -> bool:
    """Whether the thumbnail comes to show a picture."""
    seen = make.soon(lambda: _seen(api, imodel, size), lambda data: shows(data, *colours))
    return shows(seen, *colours)


def test_without_an_upload_there_is_an_image(api: Api, timeline: Timeline) -> None:
    with promise("thumbnails/default-image-size"):
        for size, wanted in SIZES.items():
            shown = api("get-imodel-thumbnail", id=timeline.id, query={"size": size})
            if shown.status == 404:
                raise Undecided("there is no image as long as none was uploaded")
            assert size_of(shown.answer.body) == wanted


def test_an_uploaded_picture_is_shown(api: Api, make: Maker, bare: Entity) -> None:
    with promise("thumbnails/first-upload-created"):
        assert _put(api, bare, picture(PNG, LARGE, *FIRST)).status == 201
    with promise("thumbnails/upload-is-shown"):
        for size in SIZES:
            assert _shown(api, make, bare, *FIRST, size=size), f"another picture is shown {size}"
    with promise("thumbnails/uploaded-image-size"):
        for size, wanted in SIZES.items():
            assert size_of(_seen(api, bare, size)) == wanted


def test_a_second_picture_takes_the_place_of_the_first(api: Api, make: Maker, workshop: Entity) -> None:
    _hung(api, workshop, picture(PNG, LARGE, *FIRST))
    with promise("thumbnails/second-upload-replaces"):
        _hung(api, workshop, picture(PNG, LARGE, *SECOND))
        assert _shown(api, make, workshop, *SECOND)


def test_a_jpeg_is_shown_as_a_png(api: Api, make: Maker, workshop: Entity) -> None:
    with promise("thumbnails/jpeg-is-converted"):
        _hung(api, workshop, picture(JPEG, LARGE, *THIRD), JPEG)
        assert _shown(api, make, workshop, *THIRD)


def test_a_picture_may_have_so_many_bytes_and_no_more(api: Api, workshop: Entity) -> None:
    whole = picture(PNG, LARGE, *FIRST)
    with promise("thumbnails/largest-accepted"):
        put = _put(api, workshop, padded(whole, LIMIT))
        assert put.ok, f"answered {put.status}"
    with promise("thumbnails/too-large"):
        refused(_put(api, workshop, padded(whole, LIMIT + 1)), 413, "RequestTooLarge")


def test_a_refused_picture_leaves_the_one_that_is_there(api: Api, make: Maker, workshop: Entity) -> None:
    _hung(api, workshop, picture(PNG, LARGE, *FIRST))
    with promise("thumbnails/refused-upload-changes-nothing"):
        assert _shown(api, make, workshop, *FIRST)
        if _put(api, workshop, b"no image").ok:
            raise Undecided("what is no image was taken")
        assert shows(_seen(api, workshop), *FIRST), "another picture is shown"
