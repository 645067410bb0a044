"""Thumbnails: real pictures in two sizes, what is taken and what is refused."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from conformance.mock import pictures

SIZES = {"small": (400, 250), "large": (800, 500)}
RED, BLUE = (200, 20, 20), (20, 20, 200)
PNG, JPEG = "image/png", "image/jpeg"


def drawn(colour: tuple[int, ...] = RED, kind: str = PNG, size: tuple[int, int] = (80, 50)) -> bytes:
    stream = BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(stream, kind.partition("/")[2])
    return stream.getvalue()


@pytest.fixture
def path(admin: Any) -> str:
    return f"/{admin.make()['id']}/thumbnail"


def put(caller: Any, path: str, data: bytes, kind: str | None = PNG, by: str = "admin") -> Any:
    headers = {"Content-Type": kind} if kind else {}
    return caller.acting(by, "PUT", path, content=data, headers=headers)


def seen(caller: Any, path: str, size: str | None = None) -> Any:
    answer = caller.get(path, params={"size": size} if size else {})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    return Image.open(BytesIO(answer.content))


def near(picture: Any, colour: tuple[int, ...]) -> bool:
    x, y = picture.width // 2, picture.height // 2
    found = picture.convert("RGB").getpixel((x, y))
    return all(abs(one - other) < 12 for one, other in zip(found, colour[:3], strict=True))


@pytest.mark.parametrize(("size", "expected"), [(None, (400, 250)), *SIZES.items()])
def test_there_is_a_picture_from_the_start(
    admin: Any, path: str, size: str | None, expected: tuple[int, int]
) -> None:
    picture = seen(admin, path, size)
    assert (picture.format, picture.size) == ("PNG", expected)


def test_another_size_is_refused(admin: Any, path: str) -> None:
    [entry] = admin.get(f"{path}?size=medium").json()["error"]["details"]
    assert (entry["code"], entry["target"]) == ("InvalidValue", "size")


@pytest.mark.parametrize("kind", [PNG, JPEG])
@pytest.mark.parametrize("measures", [(800, 500), (1, 1), (300, 900), (1000, 100)])
def test_an_uploaded_picture_is_shown_in_both_sizes(
    admin: Any, path: str, kind: str, measures: tuple[int, int]
) -> None:
    answer = put(admin, path, drawn(RED, kind, measures), kind)
    assert (answer.status_code, answer.content) == (201, b"")
    for size, expected in SIZES.items():
        picture = seen(admin, path, size)
        assert (picture.format, picture.size) == ("PNG", expected)
        assert near(picture, RED)


def test_a_second_picture_replaces_the_first(admin: Any, path: str) -> None:
    for colour in (RED, BLUE):
        assert put(admin, path, drawn(colour)).status_code == 201
        assert near(seen(admin, path), colour)


def test_what_is_transparent_stays_so(admin: Any, path: str) -> None:
    put(admin, path, drawn((*RED, 0)))
    assert seen(admin, path).getpixel((9, 9))[3] == 0


NO_IMAGE = ("InvalidRequestBody", None, {"code": "InvalidThumbnailFormat"})
CUT = drawn(size=(300, 300))[:200]


@pytest.mark.parametrize(
    ("data", "kind", "expected"),
    [
        (b"no image", PNG, NO_IMAGE),
        (b"", JPEG, NO_IMAGE),
        (CUT, PNG, NO_IMAGE),
        (drawn(kind="image/gif"), PNG, NO_IMAGE),
        (drawn(), None, ("MissingRequiredHeader", "content-type", None)),
        (drawn(), "image/gif", ("InvalidHeaderValue", "content-type", None)),
        (b"{}", "application/json", ("InvalidHeaderValue", "content-type", None)),
    ],
)
def test_what_is_no_picture_is_refused_and_changes_nothing(
    admin: Any, path: str, data: bytes, kind: str | None, expected: tuple[Any, ...]
) -> None:
    put(admin, path, drawn())
    answer = put(admin, path, data, kind)
    [entry] = answer.json()["error"]["details"]
    assert answer.status_code == 422
    assert (entry["code"], entry.get("target"), entry.get("innerError")) == expected
    assert near(seen(admin, path), RED)


def test_more_pixels_than_a_preview_needs_are_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PIXELS", 99)
    with pytest.raises(pictures.NoPicture, match="too many pixels"):
        pictures.rendered(drawn(size=(10, 10)))


@pytest.mark.parametrize("size", [5_242_881, 6_291_456, 6_291_457])
def test_a_picture_of_too_many_bytes_is_refused(admin: Any, path: str, size: int) -> None:
    answer = put(admin, path, drawn() + bytes(size - len(drawn())))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "RequestTooLarge")


def test_a_picture_of_just_so_many_bytes_is_taken(admin: Any, path: str) -> None:
    assert put(admin, path, drawn() + bytes(5_242_880 - len(drawn()))).status_code == 201


@pytest.mark.parametrize("who", ["reader", "writer", "viewer"])
def test_only_who_manages_puts_pictures_up(admin: Any, path: str, who: str) -> None:
    answer = put(admin, path, drawn(), by=who)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "InsufficientPermissions")


def test_no_picture_before_the_imodel_is_initialized(admin: Any) -> None:
    answer = put(admin, f"/{admin.make(creationMode='empty')['id']}/thumbnail", drawn())
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "iModelNotInitialized")


@pytest.mark.parametrize(
    ("rule", "data", "kind"),
    [
        ("thumbnails/too-large", drawn() + bytes(5_242_881 - len(drawn())), PNG),
        ("requests/not-an-image", b"no image", PNG),
        ("requests/missing-content-type", drawn(), None),
        ("requests/media-type", drawn(), "image/gif"),
    ],
)
def test_a_dropped_rule_refuses_no_more(start: Any, rule: str, data: bytes, kind: str | None) -> None:
    caller = start(drop=[rule])
    assert put(caller, f"/{caller.make()['id']}/thumbnail", data, kind).status_code == 201


@pytest.mark.parametrize(
    ("name", "status"), [("thumbnail-replaced-200", 200), ("thumbnail-replaced-204", 204)]
)
def test_another_status_for_a_replacement(start: Any, name: str, status: int) -> None:
    caller = start(liberties=[name])
    path = f"/{caller.make()['id']}/thumbnail"
    assert [put(caller, path, drawn(colour)).status_code for colour in (RED, BLUE)] == [201, status]
    assert near(seen(caller, path), BLUE)


def test_without_a_default_only_uploads_are_shown(start: Any) -> None:
    caller = start(liberties=["default-thumbnail-404"])
    path = f"/{caller.make()['id']}/thumbnail"
    assert caller.get(path).status_code == 404
    put(caller, path, drawn())
    assert near(seen(caller, path), RED)


def first_status(caller: Any, path: str) -> Any:
    return put(caller, path, drawn()).status_code


def told(caller: Any, path: str) -> Any:
    return put(caller, path, drawn()).content


def largest(caller: Any, path: str) -> Any:
    return put(caller, path, drawn() + bytes(5_242_880 - len(drawn()))).status_code


def jpeg(caller: Any, path: str) -> Any:
    put(caller, path, drawn(BLUE, JPEG), JPEG)
    return caller.get(path).content


def both(caller: Any, path: str) -> Any:
    put(caller, path, drawn())
    return [seen(caller, path, size).size for size in SIZES], seen(caller, path, "large").tobytes()


def second(caller: Any, path: str) -> Any:
    put(caller, path, drawn())
    put(caller, path, drawn(BLUE))
    return caller.get(path).content


def refused(caller: Any, path: str) -> Any:
    put(caller, path, drawn())
    answer = put(caller, path, b"no image")
    return answer.json(), caller.get(path).content


FAULTS = [
    ("thumbnails/first-upload-created", first_status),
    ("thumbnails/no-body", told),
    ("thumbnails/largest-accepted", largest),
    ("thumbnails/jpeg-is-converted", jpeg),
    ("thumbnails/upload-is-shown", both),
    ("thumbnails/upload-is-shown:large", both),
    ("thumbnails/uploaded-image-size", both),
    ("thumbnails/second-upload-replaces", second),
    ("thumbnails/refused-upload-changes-nothing", refused),
    ("requests/not-an-image:inner", refused),
]


@pytest.mark.parametrize(("name", "look"), FAULTS)
def test_a_fault_shows(admin: Any, path: str, start: Any, name: str, look: Any) -> None:
    honest, caller = look(admin, path), start(faults=[name])
    assert look(caller, f"/{caller.make()['id']}/thumbnail") != honest
