import json
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from samples import class_folders, encoded, photo

from model.__main__ import main
from model.catalog import scanner
from model.data import dataset
from model.errors import BadData


@pytest.fixture
def many(tmp_path) -> Path:
    return class_folders(tmp_path / "many", {"Bär": 60, "two words": 60}, size=(16, 16))


def sides(root: Path) -> dict[bytes, str]:
    """On which side each picture is, by its bytes."""
    return {item.path.read_bytes(): item.split for item in dataset.read_dataset(root).items}


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def in_splits(root: Path, **counts: int) -> Path:
    """`root/<split>/<class>/<number>.png` for two classes."""
    for seed, (split, count) in enumerate(counts.items()):
        class_folders(root / split, {"cat": count, "dog": count}, seed=seed, size=(16, 16))
    return root


def test_folders_become_classes_in_order_and_files_become_items(pictures):
    read = dataset.read_dataset(pictures)
    assert read.classes == ("Bär", "cat", "two words")
    assert read.name == "animals"
    assert Counter(item.label for item in read.items) == dict.fromkeys(read.classes, 8)
    assert all(item.path.parent.name == item.label for item in read.items)
    assert read.left_out == ()


def test_of_a_small_folder_a_fifth_at_least_is_to_check_with_and_the_rest_for_training(many):
    counts = Counter(sides(many).values())
    assert 0.6 < counts["train"] / 120 <= 0.8
    assert counts["valid"] + counts["train"] == 120


def test_a_picture_keeps_its_side_when_files_are_renamed_and_the_folder_moves(many, tmp_path):
    before = sides(many)
    for number, file in enumerate(sorted(many.rglob("*.png"))):
        file.rename(file.with_name(f"renamed {number * 7 % 120}.jpeg"))
    many.rename(tmp_path / "elsewhere")
    assert sides(tmp_path / "elsewhere") == before


def test_a_picture_keeps_its_side_when_others_come_and_go(many):
    before = sides(many)
    for number in range(20):
        write(many / "Bär" / f"new {number}.png", encoded(photo(16, 16, seed=5000 + number)))
    after = sides(many)
    assert len(after) == 140
    assert {data: after[data] for data in before} == before
    for file in sorted(many.rglob("*.png"))[::5]:
        file.unlink()
    fewer = sides(many)
    assert all(after[data] == side for data, side in fewer.items())


def test_a_picture_keeps_its_side_when_its_label_changes(many):
    before = sides(many)
    for file in sorted((many / "Bär").glob("*.png"))[5:20]:
        file.rename(many / "two words" / f"moved {file.name}")
    assert sides(many) == before


def test_copies_stay_on_one_side(many):
    for number, file in enumerate(sorted(many.rglob("*.png"))):
        shutil.copy(file, file.with_name(f"copy {number}.png"))
    by_bytes: dict[bytes, set[str]] = {}
    for item in dataset.read_dataset(many).items:
        by_bytes.setdefault(item.path.read_bytes(), set()).add(item.split)
    assert len(by_bytes) == 120
    assert all(len(found) == 1 for found in by_bytes.values())


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_tiny_class_has_pictures_to_learn_from_and_to_check_with(tmp_path, count):
    for seed in range(6):
        root = class_folders(tmp_path / str(seed), {"a": count, "b": count}, seed=seed, size=(16, 16))
        read = dataset.read_dataset(root)
        dataset.check_trainable(read)
        for label in read.classes:
            assert {"train", "valid"} <= {item.split for item in read.items if item.label == label}


def test_copies_of_one_picture_are_never_on_two_sides_even_when_they_are_all_there_is(tmp_path):
    root = class_folders(tmp_path / "data", {"a": 5}, size=(16, 16))
    for number in range(3):
        write(root / "b" / f"{number}.png", encoded(photo(16, 16)))
    assert len({item.split for item in dataset.read_dataset(root).items if item.label == "b"}) == 1


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("train", "valid", "test"), {"train": 8, "valid": 4, "test": 6}),
        (("train", "val", "test"), {"train": 8, "valid": 4, "test": 6}),
        (("Training", "Validation", "Testing"), {"train": 8, "valid": 4, "test": 6}),
        (("TRAIN", "VAL", "TEST"), {"train": 8, "valid": 4, "test": 6}),
    ],
)
def test_split_folders_are_kept_whatever_they_are_called(tmp_path, names, expected):
    root = in_splits(tmp_path / "data", **dict(zip(names, (4, 2, 3), strict=True)))
    read = dataset.read_dataset(root)
    assert Counter(item.split for item in read.items) == expected
    assert read.classes == ("cat", "dog")


def test_without_a_validation_folder_it_is_carved_out_of_the_training_folder_alone(tmp_path):
    root = in_splits(tmp_path / "data", train=30, test=5)
    read = dataset.read_dataset(root)
    counts = Counter(item.split for item in read.items)
    assert counts["test"] == 10
    assert counts["valid"] + counts["train"] == 60
    assert counts["valid"] >= 2
    assert {item.path.parent.parent.name for item in read.of("valid")} == {"train"}
    assert {item.path.parent.parent.name for item in read.of("test")} == {"test"}


def test_of_gives_one_side_or_all_and_says_which_there_are(tmp_path):
    read = dataset.read_dataset(in_splits(tmp_path / "data", train=3, valid=2))
    assert [len(read.of(split)) for split in ("train", "valid", "all")] == [6, 4, 10]
    with pytest.raises(BadData, match="no test pictures, only train, valid"):
        read.of("test")


def test_what_is_no_picture_is_left_out_with_its_reason(tmp_path):
    root = class_folders(tmp_path / "data", {"a": 3, "b": 3}, size=(16, 16))
    write(root / "a" / "notes.jpg", b"these are notes, not a photo")
    write(root / "a" / "empty.png", b"")
    write(root / "a" / "deeper" / "x.png", encoded(photo()))
    write(root / "readme.txt", b"hello")
    (root / "b" / "link.png").symlink_to(root / "a" / "000.png")
    write(root / "b" / ".hidden.png", encoded(photo()))
    write(root / ".voilens" / "trash" / "y.png", encoded(photo()))
    read = dataset.read_dataset(root)
    assert len(read.items) == 6
    reasons = {str(file.path.relative_to(root)): file.reason for file in read.left_out}
    assert {name: reason.split(":")[0] for name, reason in reasons.items()} == {
        "a/notes.jpg": "is not a picture",
        "a/empty.png": "is empty",
        "a/deeper": "is a folder inside a class folder",
        "b/link.png": "is a link",
        "readme.txt": "lies beside the class folders",
    }


def test_a_picture_is_taken_by_content_whatever_its_name(tmp_path):
    root = class_folders(tmp_path / "data", {"a": 2, "b": 2}, size=(16, 16))
    write(root / "a" / "photo.txt", encoded(photo(), "WEBP"))
    assert root / "a" / "photo.txt" in [item.path for item in dataset.read_dataset(root).items]


def latin(name: str) -> str:
    """A name as an old zip leaves it on the disk: in Latin-1, which is no UTF-8."""
    return os.fsdecode(name.encode("latin-1"))


def test_names_that_are_no_utf8_are_left_out_with_a_reason_and_every_count_is_the_same(tmp_path, capsys):
    root = class_folders(tmp_path / "data", {"a": 6, "b": 6}, size=(16, 16))
    (root / "a" / "000.png").rename(root / "a" / latin("café.png"))
    class_folders(root / "x", {"c": 2}, size=(16, 16))
    (root / "x").rename(root / latin("größe"))
    read = dataset.read_dataset(root)
    assert len(read.items) == 11
    assert [(file.path.name, file.reason) for file in read.left_out] == [
        (latin("größe"), "its name is not UTF-8: rename it"),
        (latin("café.png"), "its name is not UTF-8: rename it"),
    ]
    assert scanner.scan(root) == 11
    names = []
    for command in ("overview", "scan"):
        assert main([command, str(root), "--json"]) == 0
        out = capsys.readouterr().out
        assert "its name is not UTF-8: rename it" in out and "udce9.png" in out
        names.append(json.loads(out))
    assert [names[0]["count"], names[1]["pictures"]] == [11, 11]
    json.dumps(names, ensure_ascii=False).encode()  # what goes to a page must be text


def test_a_folder_whose_own_name_is_no_utf8_is_refused(tmp_path):
    root = class_folders(tmp_path / latin("größe"), {"a": 2, "b": 2}, size=(16, 16))
    with pytest.raises(BadData, match="not UTF-8: rename it"):
        dataset.read_dataset(root)


def test_what_operating_systems_leave_behind_is_nobody_s_class_and_nothing_to_tell_of(tmp_path):
    root = class_folders(tmp_path / "data", {"a": 3, "b": 3}, size=(16, 16))
    for file in ("__MACOSX/a/x.png", "a/._000.png", "a/Thumbs.db", "desktop.ini", "b/.DS_Store", "@eaDir/y.png"):
        write(root / file, encoded(photo()))
    read = dataset.read_dataset(root)
    assert (read.classes, len(read.items), read.left_out) == (("a", "b"), 6, ())


def test_a_class_folder_that_is_a_link_is_told(tmp_path):
    root = class_folders(tmp_path / "data", {"a": 3, "b": 3}, size=(16, 16))
    class_folders(tmp_path / "else", {"c": 3}, size=(16, 16))
    (root / "c").symlink_to(tmp_path / "else" / "c")
    (found,) = dataset.read_dataset(root).left_out
    assert (found.path.name, found.reason) == ("c", "is a link: put the pictures themselves there")


def test_a_folder_that_is_not_there_or_holds_nothing_is_refused_with_what_it_must_look_like(tmp_path):
    with pytest.raises(BadData, match=r"no folder .*one folder of pictures per class, or the word digits"):
        dataset.read_dataset(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadData, match=r"empty/cats/1\.jpg"):
        dataset.read_dataset(tmp_path / "empty")
    write(tmp_path / "flat" / "1.png", encoded(photo()))
    with pytest.raises(BadData, match="1 files there, but none of them"):
        dataset.read_dataset(tmp_path / "flat")


def test_an_empty_folder_beside_good_classes_is_no_class(tmp_path):
    root = class_folders(tmp_path / "data", {"a": 2, "b": 2}, size=(16, 16))
    (root / "c").mkdir()
    assert dataset.read_dataset(root).classes == ("a", "b")


def test_a_class_called_like_a_split_is_named_instead_of_a_folder_without_classes(tmp_path):
    root = class_folders(tmp_path / "traffic", {"Train": 3, "bus": 3, "car": 3}, size=(16, 16))
    with pytest.raises(BadData, match=r"No class can be called “Train”.*rename .*Train"):
        dataset.read_dataset(root)
    (root / "Train").rename(root / "trains")
    assert dataset.read_dataset(root).classes == ("bus", "car", "trains")


def test_a_stray_picture_or_another_folder_beside_real_splits_is_no_class(tmp_path):
    root = in_splits(tmp_path / "data", train=4, valid=3)
    write(root / "train" / "stray.png", encoded(photo(16, 16)))
    write(root / "documents" / "notes.txt", b"notes")
    assert dataset.read_dataset(root).classes == ("cat", "dog")


def test_one_class_cannot_be_learned(tmp_path):
    read = dataset.read_dataset(class_folders(tmp_path / "data", {"a": 4}, size=(16, 16)))
    with pytest.raises(BadData, match=r"one class only \(a\)"):
        dataset.check_trainable(read)


def test_a_class_of_one_picture_cannot_be_learned(tmp_path):
    read = dataset.read_dataset(class_folders(tmp_path / "data", {"a": 4, "lonely": 1}, size=(16, 16)))
    with pytest.raises(BadData, match="“lonely” has 1 usable picture"):
        dataset.check_trainable(read)


def test_a_class_that_is_only_in_the_validation_folder_cannot_be_learned(tmp_path):
    root = in_splits(tmp_path / "data", train=3, valid=2)
    class_folders(root / "valid" / "x", {"bird": 3}, size=(16, 16))
    (root / "valid" / "x" / "bird").rename(root / "valid" / "bird")
    with pytest.raises(BadData, match="“bird” has no picture to learn from"):
        dataset.check_trainable(dataset.read_dataset(root))


def test_without_pictures_to_check_with_training_is_refused(tmp_path):
    root = in_splits(tmp_path / "data", train=3)
    (root / "valid").mkdir()
    with pytest.raises(BadData, match="no pictures to check with"):
        dataset.check_trainable(dataset.read_dataset(root))


@pytest.mark.parametrize("names", [("Cat", "cat"), ("two words", "two  words"), ("Bär", "BÄR")])
def test_classes_that_differ_only_by_case_or_spaces_are_refused(tmp_path, names):
    for number, name in enumerate(names):
        write(tmp_path / "data" / name / "1.png", encoded(photo(seed=number)))
    if len(list((tmp_path / "data").iterdir())) < 2:
        pytest.skip("this file system does not tell the two apart")
    with pytest.raises(BadData, match="differ only by case or spaces"):
        dataset.read_dataset(tmp_path / "data")


def test_digits_are_the_handwritten_ones_of_scikit_learn():
    from sklearn.datasets import load_digits

    read = dataset.read_dataset("digits")
    bunch = load_digits()
    assert len(read.items) == 1797
    assert read.classes == tuple("0123456789")
    assert Counter(item.label for item in read.items) == Counter(map(str, bunch.target))
    assert {item.split for item in read.items} == {"train", "valid", "test"}
    from PIL import Image

    item = next(item for item in read.items if item.path.stem == "0007")
    assert item.label == str(bunch.target[7])
    assert list(Image.open(item.path).tobytes()) == [min(255, int(v) * 16) for v in bunch.images[7].ravel()]


def test_digits_are_written_once_and_split_the_same_every_time():
    first, second = dataset.read_dataset("digits"), dataset.read_dataset("digits")
    assert first == second
    counts = Counter(item.split for item in first.items)
    assert 0.12 < counts["valid"] / 1797 < 0.18
    assert 0.12 < counts["test"] / 1797 < 0.18


def labelled(folder: Path, text: str) -> Path:
    return write(folder / "labels.csv", text.encode())


def test_labels_may_come_from_a_csv_instead_of_folders(many, tmp_path):
    rows = "".join(f"two words/{n:03}.png,{'odd' if n % 2 else 'even'},x\n" for n in range(60))
    read = dataset.read_dataset(many, labels=labelled(tmp_path, "file,label,remark\n" + rows))
    assert read.classes == ("even", "odd")
    assert len(read.items) == 60
    assert {item.label for item in read.items if item.path.stem in ("001", "003")} == {"odd"}
    assert {item.split for item in read.items} == {"train", "valid"}


def test_a_csv_keeps_the_sides_that_the_folders_name(tmp_path):
    root = in_splits(tmp_path / "d", train=3, valid=2)
    text = "file,label\ntrain/cat/000.png,a\nvalid/dog/001.png,b\n"
    read = dataset.read_dataset(root, labels=labelled(tmp_path, text))
    assert {(item.label, item.split) for item in read.items} == {("a", "train"), ("b", "valid")}


def test_a_csv_that_points_outside_or_at_nothing_has_these_rows_left_out(many, tmp_path):
    write(tmp_path / "secret.png", encoded(photo()))
    rows = f"../secret.png,a\n{tmp_path / 'secret.png'},a\ngone.png,a\ntwo words/000.png,a\ntwo words/001.png,b\n"
    read = dataset.read_dataset(many, labels=labelled(tmp_path, "file,label\n" + rows))
    assert len(read.items) == 2
    assert len(read.left_out) == 3


@pytest.mark.parametrize("text", ["picture,class\na.png,cat\n", "", "file,label\nnowhere.png,cat\n"])
def test_a_csv_without_the_two_columns_or_any_picture_is_refused(many, tmp_path, text):
    with pytest.raises(BadData, match="file"):
        dataset.read_dataset(many, labels=labelled(tmp_path, text))
