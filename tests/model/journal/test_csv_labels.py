"""A CSV of labels, written again: Python's own csv module is the judge."""

from __future__ import annotations

import csv
import io

import hypothesis.strategies as some
import pytest
from hypothesis import given

from model.errors import BadData
from model.journal.csv_labels import CsvLabels, rewritten
from model.types import Change


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("file,label\na,cat\nb,dog\n", "file,label\na,owl\n"),
        ("label,x,file\r\ncat,,a\r\ndog,1,b", "label,x,file\r\nowl,,a\r\n"),
        ('\ufefffile,"label"\na,"cat"\nb,dog\nc,"d""og"\n', '\ufefffile,"label"\na,"owl"\nc,"d""og"\n'),
        (
            'file,label,note\n"a",cat,"two\nlines, and ""more"""\n\nc\n"b",x,y\n',
            'file,label,note\n"a",owl,"two\nlines, and ""more"""\n\nc\n',
        ),
        ("file,label\n./a,cat\nsub//c,dog\na,bat\n", "file,label\n./a,owl\nsub//c,dog\na,owl\n"),
        ("file,label\n", "file,label\n"),
        ("file,label", "file,label"),
    ],
)
def test_all_but_the_labels_and_rows_asked_for_stays_byte_for_byte(before, after):
    assert rewritten(before, {"a": "owl", "b": None}) == after


def test_a_new_label_is_quoted_where_it_has_to_be():
    assert rewritten("file,label\na,cat\n", {"a": 'owl, "wise"'}) == 'file,label\na,"owl, ""wise"""\n'


NAMES = some.sampled_from(["a", "b, c", 'd"e"', "f\ng/h", "ö ö"])
FIELDS = some.text(alphabet="ab\",\n\r 'é;", max_size=5)


@given(
    rows=some.lists(some.tuples(FIELDS, NAMES, FIELDS), max_size=6),
    new=some.dictionaries(NAMES, some.none() | FIELDS),
    style=some.sampled_from([(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r\n")]),
)
def test_what_python_reads_of_it_is_what_was_asked_for(rows, new, style):
    text = io.StringIO()
    csv.writer(text, quoting=style[0], lineterminator=style[1]).writerows([("x", "file", "label"), *rows])
    read = list(csv.reader(io.StringIO(rewritten(text.getvalue(), new), newline="")))
    assert read == [["x", "file", "label"]] + [
        [x, name, new.get(name, label)] for x, name, label in rows if new.get(name, "") is not None
    ]


def test_labels_are_read_again_when_the_file_has_changed(tmp_path):
    file = tmp_path / "labels.csv"
    file.write_text("file,label\na/1.jpg,cat\n")
    labels = CsvLabels(file)
    assert (labels.label("a/1.jpg"), labels.label("b"), labels.classes()) == ("cat", None, {"cat"})
    assert labels.unlabelled(["a/1.jpg", "b"]) == ["b"]
    file.write_text("file,label\na/1.jpg,tabby\n")
    assert labels.label("a/1.jpg") == "tabby"
    file.unlink()
    with pytest.raises(BadData, match="put the file back"):
        labels.label("a/1.jpg")


def test_a_copy_gets_a_free_name_and_a_copy_of_a_copy_the_next(tmp_path):
    file = tmp_path / "labels.csv"
    assert CsvLabels(file).free_copy() == tmp_path / "labels-cleaned.csv"
    (tmp_path / "labels-cleaned.csv").touch()
    (tmp_path / "labels-cleaned-2.csv").touch()
    assert CsvLabels(tmp_path / "labels-cleaned-2.csv").free_copy() == tmp_path / "labels-cleaned-3.csv"


def test_what_cannot_be_kept_as_it_is_is_refused_and_leaves_no_draft(tmp_path, monkeypatch):
    file, draft = tmp_path / "labels.csv", tmp_path / "deep" / "draft.csv"
    file.write_text("file,label\na,cat\nb,dog\n")
    monkeypatch.setattr("model.journal.csv_labels.rewritten", lambda text, *_: text.replace("dog", "god"))
    with pytest.raises(BadData, match="cannot be kept"):
        CsvLabels(file).write([Change("a", "delete")], draft)
    assert list(draft.parent.iterdir()) == []
