from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import mhnlp

ROOT = Path(__file__).parents[2]
LOADED = re.compile(r"""<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=["']?((?:https?:)?//[^"'>\s]+)""")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The documentation, built strictly: a broken link or a name that is not there fails."""
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


def test_site_has_its_pages(site):
    for name in ("index", "nl", "tutorial", "codebook", "accuracy", "bias", "uses", "privacy", "cite", "data-card"):
        assert (site / f"{name}.html").stat().st_size > 5000, name


def test_pages_load_nothing_from_elsewhere(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        assert LOADED.findall(page.read_text(encoding="utf-8")) == [], page.name
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", sheet.read_text(encoding="utf-8")), sheet.name


def test_loaded_pattern_finds_what_it_is_to_find():
    assert LOADED.findall('<script defer src="https://example.org/x.js"></script><a href="https://example.org">') == [
        "https://example.org/x.js"
    ]


def test_reference_in_full_has_every_public_name(site):
    text = (site / "api.html").read_text(encoding="utf-8")
    modules = {"plot", "SCHEME", "__version__"}
    assert [name for name in sorted(set(mhnlp.__all__) - modules) if f".{name}" not in text] == []
    for name in mhnlp.plot.__all__:
        assert f'id="mhnlp.plot.{name}"' in text


def test_citation_is_that_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    required = {"cff-version", "message", "title", "authors"}
    assert required <= citation.keys()
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == mhnlp.__version__
    assert citation["authors"] == [{"name": "The mhnlp developers"}]
    assert f"version = {{{mhnlp.__version__}}}" in (ROOT / "docs" / "cite.md").read_text(encoding="utf-8")
