"""A run's model takes the place of the page's own, and nothing is lost by it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
import run_folders

from model.artifacts import model_card, registry
from model.core import files
from model.errors import BadModel


@pytest.fixture
def page(tmp_path, monkeypatch) -> Path:
    """The page's own export."""
    monkeypatch.setenv("VOILENS_RUNS", str(tmp_path / "runs"))
    (tmp_path / "page").mkdir()
    return run_folders.export(tmp_path / "page", b"the old model")


@pytest.fixture
def made(tmp_path) -> Path:
    """The export of a run."""
    (tmp_path / "run").mkdir()
    return run_folders.export(tmp_path / "run", b"the new model")


def admitted(export: Path) -> bytes:
    """What the model process would open: refused unless the card beside it is of this very file."""
    model_card.admit(export, named=False)
    return export.read_bytes()


def test_a_used_model_is_admitted_with_its_own_card_and_the_run_keeps_it(page, made):
    registry.promote(made, page)
    assert admitted(page) == b"the new model"
    assert admitted(made) == b"the new model"
    assert registry.is_promoted(made, page)


def test_the_replaced_pair_is_kept_whole_and_can_be_brought_back(page, made):
    kept = registry.promote(made, page)
    assert kept == registry.replaced()[0]
    assert admitted(kept / "export.pkl") == b"the old model"
    registry.rollback(kept, page)
    assert admitted(page) == b"the old model"
    assert not registry.is_promoted(made, page)
    assert b"the new model" in [admitted(folder / "export.pkl") for folder in registry.replaced()]


def test_a_client_can_see_by_the_file_that_the_model_is_another(page, made):
    os.utime(made, (1, 1))
    before = page.stat()
    registry.promote(made, page)
    assert (page.stat().st_mtime_ns, page.stat().st_ino) != (before.st_mtime_ns, before.st_ino)
    assert page.stat().st_mtime > 1e9


def test_an_export_by_another_name_gets_a_card_that_names_it(tmp_path, page, made):
    target = page.with_name("mine.pkl")
    assert registry.promote(made, target) is None
    assert model_card.read(target).file == "mine.pkl"
    assert admitted(target) == b"the new model"
    assert admitted(page) == b"the old model"


def test_an_old_model_without_a_card_is_kept_as_well(page, made):
    model_card.beside(page).unlink()
    kept = registry.promote(made, page)
    assert (kept / "export.pkl").read_bytes() == b"the old model"


def test_a_model_that_is_not_what_its_card_says_changes_nothing(page, made):
    made.write_bytes(b"something else")
    with pytest.raises(BadModel, match="train again"):
        registry.promote(made, page)
    assert admitted(page) == b"the old model"
    assert [file.name for file in page.parent.iterdir() if file.name.startswith(".")] == []


def test_a_run_without_a_model_is_a_sentence(page, tmp_path):
    with pytest.raises(BadModel, match="There is no export"):
        registry.promote(tmp_path / "none" / "export.pkl", page)


def test_a_crash_between_the_two_files_leaves_the_old_pair_among_the_replaced(page, made, monkeypatch):
    monkeypatch.setattr(model_card, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        registry.promote(made, page)
    assert admitted(registry.replaced()[0] / "export.pkl") == b"the old model"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_a_sentence(page, made):
    page.parent.chmod(0o500)
    try:
        with pytest.raises(BadModel, match="make its folder writable"):
            registry.promote(made, page)
    finally:
        page.parent.chmod(0o700)


def test_two_replacements_in_one_second_are_both_kept(page, made):
    for content in (b"1", b"2", b"3"):
        made.write_bytes(content)
        described = json.loads(model_card.beside(made).read_text())
        model_card.beside(made).write_text(json.dumps({**described, "sha256": files.checksum(made)}))
        registry.promote(made, page)
    assert {admitted(folder / "export.pkl") for folder in registry.replaced()} == {b"the old model", b"1", b"2"}


def test_the_shipped_model_is_found_wherever_it_is_by_the_word_of_its_card(page, made, monkeypatch):
    monkeypatch.setattr(registry, "PROJECT", page.parent)
    assert registry.shipped() == page  # none says so: what is in its place
    model_card.write(page, replace(model_card.read(page), shipped=True))
    registry.promote(made, page)
    assert registry.shipped().read_bytes() == b"the old model"
    assert registry.shipped() != page
    registry.rollback(registry.shipped().parent, page)
    assert registry.shipped() == page
    assert admitted(page) == b"the old model"
