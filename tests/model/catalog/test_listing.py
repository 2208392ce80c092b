"""What a page of the cleaner shows: filters, orders and counts against plain Python over the same rows, and their speed."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from model.catalog.database import open_database, writing
from model.catalog.filters import Filter
from model.catalog.listing import Listing

LABELS = ("cat", "dog", "Über cat")
SPLITS = ("train", "valid", "test")
ISSUES = ("dark", "blurry")


@dataclass(frozen=True)
class Known:
    """A row as it was written, to compare with what is read."""

    file: str
    label: str
    split: str
    predicted: str
    probability: float
    loss: float
    doubt: float
    doubtful: bool
    issue: str | None
    group: int | None
    seen: bool
    mark: tuple[str, str | None] | None


def generated(count: int, seed: int = 0) -> list[Known]:
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        label, split, doubt = rng.choice(LABELS), rng.choice(SPLITS), rng.random() ** 3
        mark = rng.choice([("keep", None), ("delete", None), ("relabel", "newt")]) if rng.random() < 0.05 else None
        rows.append(
            Known(
                file=f"{split}/{label}/{number:06}.jpg",
                label=label,
                split=split,
                predicted=rng.choice(LABELS),
                probability=rng.random(),
                loss=3 * rng.random(),
                doubt=doubt,
                doubtful=doubt > 0.8,
                issue=rng.choice(ISSUES) if rng.random() < 0.05 else None,
                group=number // 40 if number % 20 < 2 else None,
                seen=rng.random() < 0.2,
                mark=mark,
            )
        )
    return rows


def mark(database, file: str, action: str, label: str | None = None) -> None:
    database.execute("INSERT INTO marks VALUES (?, ?, ?, 1, 1, 1, 1, 1.0)", (file, action, label))


def written(root, rows: list[Known]) -> Listing:
    """A catalog with these rows; no file lies in the folder, because a listing never looks at one."""
    database = open_database(root)
    with writing(database):
        for number, row in enumerate(rows):
            identity = (100, number, number, f"{number:064x}")
            database.execute(
                "INSERT INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (row.file, row.label, row.split, *identity, 1.0 if row.seen else None),
            )
            scores = (row.predicted, row.probability, row.loss, row.doubt, None, row.doubtful)
            database.execute("INSERT INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (row.file, row.label, *scores))
            if row.issue:
                database.execute("INSERT INTO issues VALUES (?, ?)", (row.file, row.issue))
            if row.group is not None:
                database.execute("INSERT INTO copies VALUES (?, ?, 'near', 1, 0)", (row.file, row.group))
            if row.mark:
                mark(database, row.file, *row.mark)
    database.close()
    return Listing(root)


@pytest.fixture
def rows() -> list[Known]:
    return generated(600)


@pytest.fixture
def selection(tmp_path, rows) -> Listing:
    return written(tmp_path, rows)


def shown(selection: Listing, **query) -> list[str]:
    selection.choose(Filter(**query))
    return [row.file for row in selection.rows(0, len(selection))]


ORACLES = {
    "all": ({}, lambda row: True),
    "a class": ({"label": "Über cat"}, lambda row: row.label == "Über cat"),
    "a split": ({"split": "valid"}, lambda row: row.split == "valid"),
    "doubtful": ({"reason": "doubtful"}, lambda row: row.doubtful),
    "an issue": ({"reason": "issue:dark"}, lambda row: row.issue == "dark"),
    "copies": ({"reason": "copies", "order": "copies"}, lambda row: row.group is not None),
    "unseen": ({"reason": "unseen"}, lambda row: not row.seen),
    "changed": ({"reason": "changed"}, lambda row: row.mark and row.mark[0] != "keep"),
    "kept": ({"reason": "kept"}, lambda row: row.mark and row.mark[0] == "keep"),
    "a pair": ({"label": "cat", "predicted": "dog"}, lambda row: (row.label, row.predicted) == ("cat", "dog")),
    "a name": ({"name": "CAT/0001"}, lambda row: "cat/0001" in row.file.lower()),
    "all at once": (
        {"label": "dog", "split": "train", "reason": "copies", "order": "loss"},
        lambda row: (row.label, row.split) == ("dog", "train") and row.group is not None,
    ),
}


@pytest.mark.parametrize("name", ORACLES)
def test_a_filter_leaves_what_plain_python_leaves(selection, rows, name):
    query, fits = ORACLES[name]
    found = shown(selection, **query)
    assert set(found) == {row.file for row in rows if fits(row)}
    assert found
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("order", "key"),
    [
        ("doubt", lambda row: (-row.doubt, row.file)),
        ("loss", lambda row: (-row.loss, row.file)),
        ("unsure", lambda row: (row.probability, row.file)),
        ("name", lambda row: row.file),
        ("copies", lambda row: (row.group is None, row.group or 0, row.file)),
    ],
)
def test_an_order_is_that_of_plain_python(selection, rows, order, key):
    assert shown(selection, order=order) == [row.file for row in sorted(rows, key=key)]


@pytest.mark.parametrize("order", ["doubt", "loss", "unsure", "name", "copies"])
@pytest.mark.parametrize("name", ORACLES)
def test_a_list_begins_as_it_is_once_it_is_made(selection, name, order):
    query = {**ORACLES[name][0], "order": order}
    whole = shown(selection, **query)
    for limit in (1, 7, 60, 700):
        count, begun = selection.begin(Filter(**query), limit)
        assert count == len(whole)
        assert [row.file for row in begun] == whole[:limit]
        assert begun == selection.rows(0, limit)


def test_a_list_begins_with_what_has_no_score_where_nothing_has(tmp_path, rows):
    selection = written(tmp_path, rows)
    selection._database.execute("DELETE FROM scores")
    assert [row.file for row in selection.begin(Filter(), 60)[1]] == sorted(row.file for row in rows)[:60]


def test_files_that_are_given_begin_in_the_order_given(selection, rows):
    files = tuple(row.file for row in rows[40:10:-1])
    count, begun = selection.begin(Filter(files=files, order="given"), 7)
    assert (count, [row.file for row in begun]) == (30, list(files[:7]))


def test_what_is_on_the_screen_or_was_looked_at_stands_still_while_the_rest_is_ranked_anew(selection, tmp_path, rows):
    before = shown(selection)
    selection.mark_seen([(0, 20)])
    open_database(tmp_path).execute("UPDATE scores SET doubt = 1 - doubt")
    assert selection.choose(Filter(), still=30)
    worst_last = [row.file for row in sorted(rows, key=lambda row: (row.doubt, row.file))]
    now = [row.file for row in selection.rows(0, 600)]
    assert now[:30] == before[:30]
    assert now[30:] == [file for file in worst_last if file not in before[:30]]
    selection.choose(Filter())  # what was looked at counts, when nobody says what is on the screen
    assert [row.file for row in selection.rows(0, 20)] == before[:20]
    selection.restart_yield()
    selection.choose(Filter())
    assert [row.file for row in selection.rows(0, 600)] == worst_last


def test_what_left_the_list_leaves_no_gap_in_what_stands_still(selection, tmp_path):
    before = shown(selection, reason="doubtful")
    open_database(tmp_path).execute("UPDATE scores SET doubtful = 0 WHERE file = ?", [before[3]])
    selection.choose(Filter(reason="doubtful"), still=10)
    assert [row.file for row in selection.rows(0, len(before))] == before[:3] + before[4:]


def test_files_that_are_given_are_shown_in_the_order_given(selection, rows):
    files = tuple(row.file for row in rows[50:10:-7])
    assert shown(selection, files=files, order="given") == list(files)
    assert shown(selection, files=files, order="given", label="cat") == [file for file in files if "/cat/" in file]
    for files in ((), ("a", "a")):
        with pytest.raises(ValueError, match="no such query"):
            Filter.from_json({"files": files, "order": "given"})


def test_pictures_without_a_score_come_last(tmp_path):
    selection = written(tmp_path, generated(20))
    database = open_database(tmp_path)
    database.execute("DELETE FROM scores WHERE file IN (SELECT file FROM pictures LIMIT 5)")
    for order in ("doubt", "loss", "unsure"):
        selection.choose(Filter(order=order))
        assert [row.doubt is None for row in selection.rows(0, 20)] == [False] * 15 + [True] * 5


def test_a_score_counts_only_while_the_file_has_the_label_that_was_judged(tmp_path):
    selection = written(tmp_path, generated(50))
    open_database(tmp_path).execute("UPDATE pictures SET label = 'moved'")
    selection.choose(Filter())
    assert {row.doubt for row in selection.rows(0, 50)} == {None}
    assert shown(selection, reason="doubtful") == []


def test_the_count_before_a_filter_is_chosen_is_what_it_leaves_once_chosen(selection):
    query = Filter(label="dog")
    facets = selection.facets(query)
    for reason, count in facets.reasons.items():
        assert count == len(shown(selection, label="dog", reason=reason)), reason
    for split, count in facets.splits.items():
        assert count == len(shown(selection, label="dog", split=split)), split
    for label, count in facets.labels.items():
        assert count == len(shown(selection, label=label)), label
    assert facets.total == 600


def test_the_pairs_are_the_cells_beside_the_diagonal(selection, rows):
    for label, predicted, count in selection.confused_pairs():
        assert count == sum((row.label, row.predicted) == (label, predicted) for row in rows)
        assert label != predicted


def test_windows_and_positions_agree(selection):
    everything = shown(selection, order="name")
    assert [row.file for row in selection.rows(120, 180)] == everything[120:180]
    assert [row.position for row in selection.rows(120, 123)] == [120, 121, 122]
    assert selection.position(everything[250]) == 250
    assert selection.files([(3, 5), (9, 10)]) == [*everything[3:5], everything[9]]
    assert selection.rows(600, 700) == []


def test_the_list_stands_still_while_a_person_looks_at_what_was_unseen(selection):
    before = shown(selection, reason="unseen", order="name")
    assert selection.mark_seen([(0, 50)]) == 50
    assert selection.mark_seen([(40, 50)]) == 0
    assert selection.facets(Filter(reason="unseen", order="name")).reasons["unseen"] == len(before) - 50
    assert selection.choose(Filter(reason="unseen", order="name")) is False
    assert [row.file for row in selection.rows(0, len(selection))] == before
    selection.choose(Filter())
    assert len(shown(selection, reason="unseen", order="name")) == len(before) - 50


def test_choosing_anew_says_whether_the_list_is_another(tmp_path, selection):
    selection.choose(Filter(order="name"))
    assert selection.choose(Filter(order="name")) is False
    open_database(tmp_path).execute("UPDATE marks SET action = 'keep'")
    assert selection.choose(Filter(order="name")) is False
    assert selection.choose(Filter(order="loss")) is True


def test_a_file_that_vanished_is_a_row_that_says_so(tmp_path, selection):
    gone = shown(selection, order="name")[0]
    open_database(tmp_path).execute("DELETE FROM pictures WHERE file = ?", [gone])
    assert selection.rows(0, 1)[0].gone
    assert not selection.rows(1, 2)[0].gone


def test_the_outlook_counts_what_the_marks_will_leave(selection, rows):
    after: dict[tuple[str, str], int] = {}
    for row in rows:
        label = {"delete": None, "relabel": "newt"}.get(row.mark[0], row.label) if row.mark else row.label
        if label:
            after[label, row.split] = after.get((label, row.split), 0) + 1
    assert {key: number for key, (_, number) in selection.class_counts_after_apply().items() if number} == after
    assert "newt" in selection.classes()


def test_progress_counts_what_was_changed_on_the_last_pages(tmp_path):
    selection = written(tmp_path, [row for row in generated(300) if not row.seen and not row.mark])
    selection.choose(Filter(order="name"))
    selection.mark_seen([(0, 100)])
    database = open_database(tmp_path)
    for file in selection.files([(90, 100), (10, 13)]):
        mark(database, file, "delete")
    progress = selection.progress()
    assert (progress.seen, progress.last, progress.before) == (100, (10, 60), (3, 40))
    selection.mark_seen([(150, 300)])  # behind a gap: says nothing of the pictures that come next
    assert selection.progress().last == (10, 60)
    selection.restart_yield()  # an apply has taken the marks away
    assert selection.progress().last == (0, 0)


def test_another_writer_is_noticed_once(tmp_path, selection):
    selection.has_changed()
    assert not selection.has_changed()
    open_database(tmp_path).execute("INSERT INTO facts VALUES ('a', 'b')")
    assert selection.has_changed()
    assert not selection.has_changed()


@pytest.mark.parametrize(
    "query",
    [
        {"reason": "nonsense"},
        {"order": "doubt; DROP TABLE pictures"},
        {"label": 3},
        {"files": [1]},
        {"files": ["a"] * 3000},
        {"name": {"a": 1}},
    ],
)
def test_what_is_no_query_is_refused(query):
    with pytest.raises((ValueError, TypeError)):
        Filter.from_json(query)


def test_names_that_would_be_sql_are_only_names(selection):
    for text in ("'; DROP TABLE pictures; --", "%", "_", '"'):
        assert shown(selection, name=text) == []
        assert shown(selection, label=text) == []
        assert shown(selection, reason=f"issue:{text}") == []
    assert shown(selection)


def test_leafing_costs_no_more_in_a_large_folder_than_in_a_small_one_and_choosing_grows_with_it(tmp_path):
    def cost(size: int) -> dict[str, int]:
        root = tmp_path / str(size)
        root.mkdir()
        selection = written(root, generated(size))
        selection.choose(Filter())
        return {
            "the first page": steps(selection, lambda: selection.rows(0, 60)),
            "the last page": steps(selection, lambda: selection.rows(size - 60, size)),
            "beginning": steps(selection, lambda: selection.begin(Filter(), 60)),
            "making": steps(selection, lambda: selection.choose(Filter(order="loss"))),
            "choosing": steps(selection, lambda: selection.choose(Filter(label="dog"))),
            "counting": steps(selection, lambda: selection.facets(Filter())),
        }

    small, large = cost(4_000), cost(40_000)
    for page in ("the first page", "the last page"):
        assert large[page] < 1.5 * small[page]
    for whole in ("making", "choosing", "counting"):
        assert large[whole] < 15 * small[whole]
    assert large["beginning"] < large["making"] / 10


def steps(selection: Listing, work) -> int:
    """How many of its instructions SQLite takes for some work, in hundreds."""
    taken = []
    selection._database.set_progress_handler(lambda: taken.append(1), 100)
    work()
    selection._database.set_progress_handler(None, 0)
    return len(taken)
