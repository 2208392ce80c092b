import hashlib
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from samples import flipped

from model.artifacts import model_card
from model.artifacts.model_card import ModelCard
from model.artifacts.sealed_json import seal
from model.core import PROJECT, files
from model.errors import BadModel


@pytest.fixture
def export(tmp_path):
    file = tmp_path / "export.pkl"
    file.write_bytes(b"stands for a pickle" * 100_000)
    return file


def test_the_checksum_is_the_sha256_of_the_whole_file(export):
    assert files.checksum(export) == hashlib.sha256(export.read_bytes()).hexdigest()


def test_the_checksum_is_the_same_on_a_python_without_file_digest(export, monkeypatch):
    monkeypatch.delattr(hashlib, "file_digest", raising=False)
    assert files.checksum(export) == hashlib.sha256(export.read_bytes()).hexdigest()


def test_a_card_is_read_as_it_was_written(export):
    model_card.write(export, ModelCard(classes=["Bär", "two words"], size=32))
    assert model_card.read(export) == ModelCard(file="export.pkl", classes=["Bär", "two words"], size=32)
    assert "Bär" in model_card.beside(export).read_text(encoding="utf-8")
    assert sorted(file.name for file in export.parent.iterdir()) == ["export.pkl", "model-card.json"]


def test_keys_of_another_version_are_kept_when_a_card_is_written_again(export):
    document = {
        "file": "export.pkl",
        "size": 32,
        "licence": "MIT",
        "others": [1],
        "recipe": {"smallest_crop": 0.35, "tuned": 4},
    }
    model_card.beside(export).write_text(json.dumps(document))
    model_card.write(export, replace(model_card.read(export), size=64))
    kept = json.loads(model_card.beside(export).read_text())
    assert kept.pop(model_card.SEAL)
    assert kept == {**document, "size": 64}


def test_a_card_names_only_what_it_says(export):
    model_card.write(export, ModelCard(shipped=False, note=""))
    said = {"file": "export.pkl", "shipped": False, "note": ""}
    assert json.loads(model_card.beside(export).read_text()) == seal(said, model_card.SEAL)


def test_a_card_that_cannot_be_written_leaves_the_old_one(export):
    model_card.write(export, ModelCard(size=32))
    with pytest.raises(TypeError):
        model_card.write(export, ModelCard(size=object()))
    assert model_card.read(export) == ModelCard(file="export.pkl", size=32)


def test_no_card_is_none(export):
    assert model_card.read(export) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"a": \xff}'])
def test_a_damaged_card_is_refused_with_a_sentence(export, text):
    model_card.beside(export).write_bytes(text.encode("latin-1"))
    with pytest.raises(BadModel, match="not a readable model card"):
        model_card.read(export)


def test_a_flipped_bit_in_a_card_is_found_wherever_it_is(export):
    described = ModelCard(sha256=files.checksum(export), classes=["Bär", "b"], thresholds={"sure": 0.8125}, note="mine")
    model_card.write(export, described)
    place = model_card.beside(export)
    whole = place.read_bytes()
    in_the_name_of_the_checksum = 8 * whole.index(model_card.SEAL.encode())
    for bit in (in_the_name_of_the_checksum, *random.Random(0).sample(range(8 * len(whole)), 100)):
        place.write_bytes(flipped(whole, bit))
        for named in (False, True):
            with pytest.raises(BadModel):
                model_card.admit(export, named)
    place.write_bytes(whole)
    assert model_card.admit(export, named=False)


def test_a_card_that_was_changed_by_hand_is_refused_with_what_to_do_and_taken_after_that(export):
    model_card.write(export, ModelCard(thresholds={"sure": 0.8}))
    document = json.loads(model_card.beside(export).read_text())
    document["thresholds"]["sure"] = 0.5
    model_card.beside(export).write_text(json.dumps(document))
    with pytest.raises(BadModel, match=f"take {model_card.SEAL} out"):
        model_card.read(export)
    del document[model_card.SEAL]
    model_card.beside(export).write_text(json.dumps(document))
    assert model_card.read(export).thresholds == {"sure": 0.5}


def test_an_export_that_its_card_describes_is_admitted_unnamed(export):
    described = ModelCard(sha256=hashlib.sha256(export.read_bytes()).hexdigest(), classes=["a", "b"])
    model_card.write(export, described)
    admitted = (described.sha256, replace(described, file="export.pkl"))
    assert model_card.admit(export, named=False) == admitted
    assert model_card.admit(export, named=True) == admitted


def test_an_export_without_a_card_is_admitted_only_when_named(export):
    with pytest.raises(BadModel, match="--model"):
        model_card.admit(export, named=False)
    assert model_card.admit(export, named=True) == (hashlib.sha256(export.read_bytes()).hexdigest(), ModelCard())


def test_an_export_that_is_not_the_one_on_its_card_is_admitted_only_when_named_and_then_without_that_card(export):
    model_card.write(export, ModelCard(sha256=hashlib.sha256(export.read_bytes()).hexdigest(), classes=["a"]))
    changed = export.read_bytes() + b"!"
    export.write_bytes(changed)
    with pytest.raises(BadModel, match="not the file"):
        model_card.admit(export, named=False)
    assert model_card.admit(export, named=True) == (hashlib.sha256(changed).hexdigest(), ModelCard())


@pytest.mark.parametrize("described", [{}, {"sha256": None}, {"sha256": ""}])
def test_a_card_without_a_checksum_admits_nothing(export, described):
    export.write_bytes(b"")
    model_card.beside(export).write_text(json.dumps(described))
    with pytest.raises(BadModel):
        model_card.admit(export, named=False)


@pytest.mark.parametrize("named", [True, False])
def test_a_missing_export_is_refused_with_what_to_do(tmp_path, named):
    with pytest.raises(BadModel, match="train one"):
        model_card.admit(tmp_path / "export.pkl", named)


def test_a_folder_is_not_an_export(tmp_path):
    with pytest.raises(BadModel, match="no model file"):
        model_card.admit(tmp_path, named=True)


def test_two_exports_of_one_folder_keep_a_card_each(export):
    other = export.with_name("other.pkl")
    other.write_bytes(b"another")
    model_card.write(export, ModelCard(size=32))
    model_card.write(other, ModelCard(size=64))
    model_card.write(export, ModelCard(size=48))
    assert model_card.read(export).size == 48
    assert model_card.read(other).size == 64


def test_any_path_but_the_default_one_is_named_while_no_card_is_beside_it(export, monkeypatch):
    assert model_card.is_named(export)
    monkeypatch.chdir(export.parent)
    assert not model_card.is_named("export.pkl")
    assert not model_card.is_named(Path("export.pkl"))
    assert not model_card.is_named(PROJECT / "export.pkl")
    model_card.write(export, ModelCard(sha256="of another"))
    assert not model_card.is_named(export)


def test_a_link_is_judged_by_the_card_beside_the_link(export, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "export.pkl"
    link.symlink_to(export)
    assert model_card.is_named(link)
    model_card.write(link, ModelCard(sha256="of another"))
    assert not model_card.is_named(link)
    assert model_card.is_named(export)


def test_the_file_that_the_environment_names_is_named_and_no_other(export, monkeypatch):
    other = export.with_name("other.pkl")
    for file in (export, other):
        file.with_name(f"{file.stem}-card.json").write_text('{"sha256": "of another"}')
    monkeypatch.setenv("HOME", str(export.parent))
    monkeypatch.setenv("VOILENS_MODEL", "~/other.pkl")
    assert model_card.is_named(other)
    assert not model_card.is_named(export)
