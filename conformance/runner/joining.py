"""Joining: what the shards of a run wrote besides their books, in one folder."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

from conformance.report import ALLURE, JUNIT
from conformance.transport.recording import part, recordings


def join(shards: Sequence[Path], folder: Path) -> None:
    """Bring exchanges, Allure results and JUnit results of the shards into a folder."""
    kept = [path for shard in shards for path in recordings(shard) if path.is_file()]
    for number, path in enumerate(kept, 1):
        shutil.copyfile(path, part(folder, number))
    _allure(shards, folder / ALLURE)
    _junit(shards, folder / JUNIT)


def _allure(shards: Sequence[Path], folder: Path) -> None:
    # Results and attachments are called by UUIDs; what else lies there is written anew.
    for path in (path for shard in shards for path in (shard / ALLURE).glob("*-*-*")):
        folder.mkdir(exist_ok=True)
        shutil.copyfile(path, folder / path.name)


def _junit(shards: Sequence[Path], path: Path) -> None:
    suites = ElementTree.Element("testsuites", name="imodels-conformance")
    for shard in shards:
        # A shard that was killed has none.
        with suppress(OSError, ElementTree.ParseError):
            suites.extend(ElementTree.parse(shard / JUNIT).getroot())
    if len(suites):
        ElementTree.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)
