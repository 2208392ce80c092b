"""The sheets: in layers, beneath the class of their part, each once, whatever widgets there are."""

from __future__ import annotations

import re
from pathlib import Path

import anywidget
import ipywidgets as ipw
import pytest

import widgets
from widgets.shared import use_styles

HOME = Path(widgets.__file__).parent
SHEETS = sorted(sheet for sheet in HOME.glob("*/*.css") if sheet.parent.name != "template")  # which is beneath them all
ORDER = "@layer voilens.tokens, voilens.base, voilens.part;"
ROOTS = {
    "classify": (".vl-classify",),
    "train": (".vl-train",),
    "measure": (".vl-measure",),
    "clean": (".vl-cleaner", ".vl-corrections-target"),
    "label": (".vl-labeller",),
    "publish": (".vl-publish",),
    "static": (".vl-site",),
}


def blocks(css: str) -> list[tuple[str, str]]:
    """What stands before each outermost brace, and what is between it and its fellow."""
    found, depth, start, inner, head = [], 0, 0, 0, ""
    for place, sign in enumerate(css):
        if sign == "{":
            if not depth:
                head, inner = css[start:place].strip(), place + 1
            depth += 1
        elif sign == "}":
            depth -= 1
            if not depth:
                found.append((head, css[inner:place]))
                start = place + 1
    assert depth == 0
    return found


def read(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.fixture
def kernel():
    """No widget is open, as in a kernel that has just started."""
    ipw.Widget.close_all()
    yield
    ipw.Widget.close_all()


def carried() -> list[str]:
    """The styles that the widgets of this kernel carry."""
    return [widget._css for widget in ipw.widgets.widget._instances.values() if getattr(widget, "_css", "")]


def test_there_are_sheets_for_every_part_and_none_besides():
    assert {sheet.parent.name for sheet in SHEETS} == {*ROOTS, "shared"}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.parent.name}/{sheet.stem}")
def test_no_rule_of_a_sheet_matches_in_another_part(sheet):
    text = read(sheet).strip()
    assert text.startswith(ORDER)
    part = sheet.parent.name
    for head, body in blocks(text.removeprefix(ORDER)):
        if head.startswith("@keyframes vl-"):
            continue
        if part == "shared":
            assert head in ("@layer voilens.tokens", "@layer voilens.base")
        else:
            assert head == "@layer voilens.part"
            assert {selector for selector, _ in blocks(body)} <= {*ROOTS[part]}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.parent.name}/{sheet.stem}")
def test_a_sheet_that_all_share_names_no_part(sheet):
    others = [root for part in ROOTS if part != sheet.parent.name for root in ROOTS[part]]
    assert not [root for root in others if re.search(rf"{re.escape(root)}(?![\w-])", read(sheet))]


def test_each_sheet_travels_once_however_often_it_is_asked_for(kernel):
    for _ in range(3):
        use_styles("clean")
        use_styles("train")
    widgets.Uploader()
    widgets.Uploader()
    assert len(carried()) == 3
    assert len(set(carried())) == 3


def test_sheets_come_again_after_all_widgets_were_closed(kernel):
    use_styles("clean")
    before = carried()
    ipw.Widget.close_all()
    assert carried() == []
    use_styles("clean")
    assert sorted(carried()) == sorted(before)


def test_no_widget_carries_a_style_of_its_own():
    import widgets.classify.panel
    import widgets.clean.panel
    import widgets.label.panel
    import widgets.measure.panel
    import widgets.page
    import widgets.train.panel  # noqa: F401

    def heirs(kind: type) -> set[type]:
        return {kind}.union(*map(heirs, kind.__subclasses__()))

    ours = [kind for kind in heirs(anywidget.AnyWidget) if kind.__module__.startswith("widgets.")]
    assert {kind.__module__ for kind in ours if "_css" in vars(kind)} <= {"widgets.shared.assets"}


def test_a_cleaner_alone_has_all_that_it_needs(kernel, tmp_path):
    cleaner = widgets.Cleaner(tmp_path)
    assert len(carried()) == 2
    assert any(".vl-g-tile" in style for style in carried())
    cleaner.close()
    assert len(carried()) == 2  # another one may come


def test_no_animation_fades_what_is_to_be_read():
    """Text that is half seen has half the contrast; whoever waits reads it all the same."""
    frames = [(sheet.name, inner) for sheet in SHEETS for head, inner in blocks(read(sheet)) if head.startswith("@keyframes")]
    assert frames
    assert [name for name, inner in frames if "opacity" in inner or "color" in inner] == []
