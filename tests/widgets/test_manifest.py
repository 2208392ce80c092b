"""The manifest: what a page needs, for those who make one elsewhere and know no widget."""

from __future__ import annotations

import json

import pytest
from node import script_of

from model.core import PROJECT
from model.scripts import bundle, follow
from model.scripts.page_files import sheet
from widgets.classify.about import AboutModel
from widgets.classify.answer import Answer
from widgets.classify.corrections import Corrections
from widgets.classify.examples import Examples
from widgets.classify.history import History
from widgets.classify.live_camera import LiveCamera
from widgets.shared import Uploader
from widgets.shared.assets import SHARED

ROOT = PROJECT / "widgets"
MANIFEST = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", MANIFEST)
def test_a_page_lists_exactly_what_is_followed_from_its_entries_in_their_order(page):
    listed = MANIFEST[page]
    files = follow(*listed["entries"], root=ROOT)
    assert listed["modules"] == [name for name in files if name.endswith(".js")]
    assert listed["words"] == [name for name in files if name.endswith(".json")]


@pytest.mark.parametrize("page", MANIFEST)
def test_a_page_lists_exactly_the_styles_that_its_part_uses_in_their_order(page):
    texts = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in MANIFEST[page]["styles"])
    assert dense(texts) == dense(sheet(SHARED) + "\n" + sheet(page))


def dense(text: str) -> list[str]:
    """Its lines, as they count."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_the_entries_of_the_classify_page_are_its_widgets():
    assert [bundle(entry, ROOT) for entry in MANIFEST["classify"]["entries"]] == [
        script_of(kind) for kind in (Uploader, Answer, Corrections, LiveCamera, Examples, History, AboutModel)
    ]
