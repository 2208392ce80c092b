"""A CSV of labels is understood in whatever form it was saved; which file a name in it means is found, or said."""

from __future__ import annotations

from pathlib import Path

import pytest
from samples import encoded, photo

from model.data.dataset import read_dataset
from model.data.label_csv import form_of, read_labels
from model.data.labelled_files import FileFinder
from model.errors import BadData

ROWS = [("images/0.jpg", "a"), ("images/1.jpg", "b")]


@pytest.mark.parametrize(
    "text",
    [
        "file,label\nimages/0.jpg,a\nimages/1.jpg,b\n",
        "file;label\r\nimages/0.jpg;a\r\nimages/1.jpg;b\r\n",
        "\ufefffile;label\nimages/0.jpg;a\nimages/1.jpg;b\n",
        "file\tlabel\nimages/0.jpg\ta\nimages/1.jpg\tb\n",
        "\n\nfilename,class\nimages/0.jpg,a\nimages/1.jpg,b\n",
        "id,Image Path,Target\n7,images/0.jpg,a\n8,images/1.jpg,b\n",
        "breed,id\na,images/0.jpg\nb,images/1.jpg\n",
        "image_id,species,label_id_2\nimages/0.jpg,a,0\nimages/1.jpg,b,1\n",
        "images/0.jpg,a\nimages/1.jpg,b\n",
        "a;images/0.jpg\nb;images/1.jpg\n",
        "Pic,Plant\nimages/0.jpg,a\nimages/1.jpg,b\n",
        'file,label,note\n"images/0.jpg","a","x, y"\nimages/1.jpg,b,\n',
    ],
)
def test_separators_names_of_columns_byte_order_marks_and_missing_headers(tmp_path, text):
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
    assert read_labels(tmp_path / "labels.csv") == ROWS


@pytest.mark.parametrize("text", ["", "x\n1\n", "image_id,healthy,rust\n1,0,1\n2,1,0\n", "a,b,c\nd,e,f\n"])
def test_a_csv_without_the_two_columns_says_what_its_first_line_is_and_what_it_needs(text):
    with pytest.raises(BadData, match="name the column with the file names file") as refused:
        form_of(text, Path("x.csv"))
    assert text.partition("\n")[0] in str(refused.value)


def test_a_csv_in_another_encoding_says_how_to_save_it(tmp_path):
    (tmp_path / "labels.csv").write_bytes("file;label\n1.jpg;Bär\n".encode("latin-1"))
    with pytest.raises(BadData, match="CSV UTF-8"):
        read_labels(tmp_path / "labels.csv")


@pytest.fixture
def folder(tmp_path) -> Path:
    root = tmp_path / "pets"
    for file in ("images/0001.jpg", "images/b.c.png", "train/7.jpg", "test/7.jpg", "top.jpg"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes(encoded(photo(16, 16)))
    (root / "link.jpg").symlink_to(root / "top.jpg")
    (tmp_path / "outside.jpg").write_bytes(encoded(photo()))
    return root


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("images/0001.jpg", "images/0001.jpg"),
        ("./images//0001.jpg", "images/0001.jpg"),
        ("images/0001", "images/0001.jpg"),
        ("0001", "images/0001.jpg"),
        (" 0001.jpg", "images/0001.jpg"),
        ("b.c", "images/b.c.png"),
        ("images\\0001.jpg", "images/0001.jpg"),
        ("C:\\data\\pets\\images\\0001.jpg", "images/0001.jpg"),
        ("/kaggle/input/images/0001.jpg", "images/0001.jpg"),
        ("../images/0001.jpg", "images/0001.jpg"),
        ("pets/top", "top.jpg"),
    ],
)
def test_a_name_means_a_file_by_its_path_its_end_without_extension_or_from_another_machine(folder, name, file):
    found = FileFinder(folder).find(name)
    assert (found.file, found.reason) == (file, None)


@pytest.mark.parametrize("name", ["../outside.jpg", "/etc/passwd", "link.jpg", "../../pets/../outside.jpg"])
def test_nothing_outside_is_ever_found(folder, name):
    assert FileFinder(folder).find(name).reason == "lies outside the folder, or is a link"


@pytest.mark.parametrize("name", ["elsewhere/top.jpg", "valid/7.jpg", "images/7.jpg"])
def test_a_picture_of_the_same_name_in_another_folder_is_not_meant(folder, name):
    assert not (folder / FileFinder(folder).find(name).file).exists()


def test_of_two_the_one_on_the_side_that_the_csv_is_named_after_is_meant_else_it_is_said(folder):
    assert FileFinder(folder, Path("train_labels.csv")).find("7").file == "train/7.jpg"
    assert "could be test/7.jpg or train/7.jpg" in str(FileFinder(folder, Path("labels.csv")).find("7").reason)


def test_a_picture_under_two_labels_is_a_conflict_that_is_told_and_one_that_stands_twice_is_learned_once(folder, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("image;breed\n0001;cat\nimages/0001.jpg;dog\nb.c;cat\nb.c.png;cat\ntop;dog\n", encoding="utf-8")
    read = read_dataset(folder, labels)
    assert sorted((item.path.name, item.label) for item in read.items) == [("b.c.png", "cat"), ("top.jpg", "dog")]
    (conflict,) = read.left_out
    assert (conflict.path.name, conflict.reason) == ("0001.jpg", "has 2 labels in labels.csv (cat and dog): keep one")
