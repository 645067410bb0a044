"""The Allure report: rendered where Node and the package `allure` are at hand, its analytics taken out."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 180.0
OPTIONS = ("--single-file", "--report-name", "imodels-conformance", "--group-by", "epic,feature,story")
_ANALYTICS = re.compile(
    r'<script\b[^>]*\bsrc="https://www\.googletagmanager\.com/[^"]*"[^>]*>\s*</script>'
    r"|<script>\s*window\.dataLayer(?:(?!</script>).)*</script>",
    re.DOTALL,
)


def render_allure(results: Path, out: Path) -> Path | None:
    """Render Allure results as one file; None where no renderer is at hand or it fails."""
    if not results.is_dir():
        return None
    for command in _commands():
        page = out / "index.html"
        page.unlink(missing_ok=True)
        if _run([*command, "awesome", str(results), "-o", str(out), *OPTIONS]) and page.is_file():
            page.write_text(without_analytics(page.read_text(encoding="utf-8")), encoding="utf-8")
            return page
    return None


def without_analytics(page: str) -> str:
    """The page without the scripts that would tell a third party who reads it."""
    return _ANALYTICS.sub("", page)


def _commands() -> Iterator[list[str]]:
    if found := shutil.which("allure"):
        yield [found]
    if npx := shutil.which("npx"):
        yield [npx, "--no-install", "allure"]


def _run(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
