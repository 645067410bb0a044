"""Pictures of the suite: as large as they say, and told apart by their colours."""

from __future__ import annotations

import pytest

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
    padded,
    picture,
    shows,
    size_of,
)

FOUR = (RED, GREEN, BLUE, WHITE)


@pytest.mark.parametrize("size", [SMALL, LARGE, (1, 1), (3, 2)])
def test_a_picture_says_its_size(size: tuple[int, int]) -> None:
    assert size_of(picture(PNG, size, RED)) == size
    assert shows(picture(PNG, size, RED), RED, RED, RED, RED)


def test_quarters_are_told_apart() -> None:
    assert shows(picture(PNG, LARGE, *FOUR), *FOUR)
    assert not shows(picture(PNG, LARGE, *FOUR), *reversed(FOUR))
    assert not shows(picture(PNG, LARGE, RED), *FOUR)


def test_padding_changes_the_bytes_and_nothing_that_is_seen() -> None:
    for size in (LIMIT, LIMIT + 1):
        data = padded(picture(PNG, SMALL, *FOUR), size)
        assert len(data) == size
        assert shows(data, *FOUR)


FILTERED = picture()[:27] + b"\1" + picture()[28:]
"""A picture that says it is filtered as no PNG is."""


@pytest.mark.parametrize("data", [b"", b"GIF89a", picture(JPEG, SMALL, RED), picture()[:20], FILTERED])
def test_what_is_no_png_has_no_size_and_no_colours(data: bytes) -> None:
    assert size_of(data) is None
    assert not shows(data, *FOUR)
