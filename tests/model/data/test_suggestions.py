"""What was probably meant by a folder that cannot be taken: as a question, in the error, in the overview and as JSON."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from samples import class_folders, encoded, photo

from model.__main__ import main
from model.data import Suggestion, check_trainable, read_dataset, suggest, summarize
from model.errors import BadData


def pictures(folder: Path, count: int = 6, kind: str = "jpg") -> Path:
    """So many pictures right in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"{number}.{kind}").write_bytes(encoded(photo(16, 16, seed=number)))
    return folder


def classes(folder: Path, *names: str) -> Path:
    return class_folders(folder, dict.fromkeys(names, 4), size=(16, 16))


def table(file: Path, head: str, row: str, count: int = 6) -> Path:
    """A CSV with a row for each number, which stands for # in it; @ is a class, a and b in turns."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [row.replace("#", str(number)).replace("@", "ab"[number % 2]) for number in range(count)]
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return file


def data_in_data(root: Path) -> tuple[Path, int]:
    return classes(root / "data", "cats", "dogs"), 2


def a_cloned_repository(root: Path) -> tuple[Path, int]:
    pictures(root / "Examples")
    (root / "src").mkdir()
    (root / "README.md").write_text("hello")
    return classes(root / "Dataset", *map(str, range(10))), 10


def imagenet(root: Path) -> tuple[Path, int]:
    meant = root / "ILSVRC" / "Data" / "CLS-LOC"
    classes(meant / "train", "n01", "n02", "n03")
    pictures(meant / "val", kind="JPEG")
    pictures(meant / "test", kind="JPEG")
    table(root / "LOC_val_solution.csv", "ImageId,PredictionString", "#,n01 1 2 3 #")
    return meant, 3


def from_a_mac(root: Path) -> tuple[Path, int]:
    classes(root / "__MACOSX" / "pets", "cats", "dogs")
    return classes(root / "pets", "cats", "dogs"), 2


def linked_classes(root: Path) -> tuple[Path, int]:
    meant = classes(root.parent / "real", "cats", "dogs")
    for name in ("cats", "dogs"):
        (root / name).symlink_to(meant / name)
    return meant, 2


def linked_pictures(root: Path) -> tuple[Path, int]:
    meant = classes(root.parent / "real", "cats", "dogs")
    for file in meant.rglob("*.png"):
        (root / file.parent.name).mkdir(exist_ok=True)
        (root / file.parent.name / file.name).symlink_to(file)
    return meant, 2


@pytest.mark.parametrize("make", [data_in_data, a_cloned_repository, imagenet, from_a_mac, linked_classes, linked_pictures])
def test_the_folder_that_was_meant_is_offered_in_the_error_and_can_be_taken(tmp_path, make):
    root = tmp_path / "given"
    root.mkdir()
    meant, count = make(root)
    expected = Suggestion(str(meant), "", f"Did you mean {meant}, {count} classes?")
    assert suggest(root)[0] == expected
    with pytest.raises(BadData) as refused:
        check_trainable(read_dataset(root))
    assert f"{expected.sentence} Give that folder." in str(refused.value)
    assert refused.value.values["suggestions"][0] == {"data": str(meant), "labels": "", "sentence": expected.sentence}
    assert "move its pictures up" not in str(refused.value)
    assert len(read_dataset(meant).classes) == count


def kaggle(root: Path) -> Path:
    pictures(root / "train")
    pictures(root / "test")
    table(root / "sample_submission.csv", "id,breed", "#,a")
    return table(root / "train.csv", "\ufeffid;breed", "#;@")


def images_and_labels(root: Path) -> Path:
    pictures(root / "images")
    return table(root / "labels.csv", "image,label", "images/#.jpg,@")


def all_flat(root: Path) -> Path:
    pictures(root)
    return table(root / "classes.tsv", "0.jpg\ta", "#.jpg\t@")


def images_and_masks(root: Path) -> Path:
    pictures(root / "masks")
    return images_and_labels(root)


def table_deeper(root: Path) -> Path:
    pictures(root / "images")
    return table(root / "meta" / "annotations.csv", "n,image_path,target", "#,/kaggle/input/images/#.jpg,@")


@pytest.mark.parametrize("make", [kaggle, images_and_labels, all_flat, images_and_masks, table_deeper])
def test_a_csv_with_the_labels_is_offered_with_its_folder_and_can_be_taken(tmp_path, make):
    root = tmp_path / "given"
    root.mkdir()
    labels = make(root)
    found = suggest(root)[0]
    assert (found.data, found.labels) == (str(root), str(labels))
    assert found.told().endswith(f"2 classes? Give it as {root} --labels {labels}.")
    read = read_dataset(found.data, Path(found.labels))
    assert (read.classes, len(read.items)) == (("a", "b"), 6)


def test_a_csv_beside_the_folder_of_pictures_is_found_too(tmp_path):
    labels = kaggle(tmp_path / "pets")
    found = suggest(tmp_path / "pets" / "train")[0]
    assert (found.data, found.labels) == (str(tmp_path / "pets" / "train"), str(labels))


def test_a_good_folder_gets_no_suggestion_whatever_tables_lie_in_it(tmp_path):
    root = classes(tmp_path / "pets", "a", "b")
    table(root / "labels.csv", "file,label", "@/00#.png,@", 4)
    table(root / "sizes.csv", "file,width", "a/00#.png,#", 4)
    classes(root / "b" / "old", "x", "y")
    assert suggest(root) == [] == summarize(str(root))["suggestions"]
    assert suggest(tmp_path / "nowhere") == []


def test_the_overview_carries_the_suggestions_also_when_it_fails(capsys, tmp_path):
    labels = images_and_labels(tmp_path / "given")
    assert main(["overview", str(tmp_path / "given"), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["suggestions"]
    assert found["labels"] == str(labels)
    meant, _ = data_in_data(tmp_path / "other")
    assert main(["overview", str(tmp_path / "other"), "--json"]) == 1
    out, told = capsys.readouterr()
    assert json.loads(out)["suggestions"][0]["data"] == str(meant)
    assert f"Did you mean {meant}, 2 classes?" in told


def test_even_a_huge_folder_is_looked_through_in_a_moment(tmp_path):
    root = classes(tmp_path / "given" / "deep", "a", "b").parent
    for number in range(30):
        (root / "junk" / str(number)).mkdir(parents=True)
        for file in range(300):
            os.mknod(root / "junk" / str(number) / f"{file}.txt")
    started = time.perf_counter()
    assert suggest(root)[0].data == str(root / "deep")
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("train", "valid", "test"),
    [("train", "dev", "testing"), ("training_set", "val_set", "test_set"), ("seg_train", "eval", "seg_test")],
)
def test_sides_have_many_names_and_may_be_folders_in_folders_of_their_name(tmp_path, train, valid, test):
    root = tmp_path / "given"
    classes(root / train / train, "a", "b")
    classes(root / valid, "a", "b")
    classes(root / test / test, "a", "b")
    pictures(root / "seg_pred" / "seg_pred")
    read = read_dataset(root)
    assert {side: len(read.of(side)) for side in ("train", "valid", "test")} == {"train": 8, "valid": 8, "test": 8}


def test_loose_pictures_to_check_with_whose_classes_nobody_knows_leave_the_split_to_us(tmp_path):
    meant, _ = imagenet(tmp_path)
    read = read_dataset(meant)
    assert read.of("valid") and {item.path.parent.parent.name for item in read.items} == {"train"}


def test_a_link_that_leads_nowhere_else_says_how_to_copy(tmp_path):
    flat = pictures(tmp_path / "heap")
    (tmp_path / "given" / "cats").mkdir(parents=True)
    for file in flat.iterdir():
        (tmp_path / "given" / "cats" / file.name).symlink_to(file)
    with pytest.raises(BadData, match=r"links are not followed: .*cp -rL"):
        read_dataset(tmp_path / "given")


def test_classes_in_one_more_folder_of_any_name_are_found_on_each_side(tmp_path):
    for side in ("train", "valid"):
        classes(tmp_path / "given" / side / "images", "a", "b")
    read = read_dataset(tmp_path / "given")
    assert (read.classes, len(read.of("train")), len(read.of("valid"))) == (("a", "b"), 8, 8)
