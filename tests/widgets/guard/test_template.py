"""Which template makes the page: ours, unless somebody says another."""

from __future__ import annotations

from traitlets.config import Config

from widgets.guard.template import FOLDER, template_paths


def test_the_page_is_made_by_our_template_unless_another_is_named():
    assert template_paths(Config(), ["of-voila"]) == [str(FOLDER), "of-voila"]
    assert template_paths(Config({"VoilaConfiguration": {"theme": "dark"}}), ["of-voila"])[0] == str(FOLDER)
    for name in ("lab", "mine"):
        assert template_paths(Config({"VoilaConfiguration": {"template": name}}), ["of-voila"]) == ["of-voila"]


def test_our_template_is_where_voila_looks_for_one():
    assert (FOLDER / "index.html.j2").is_file() and (FOLDER / "built.j2").is_file()
