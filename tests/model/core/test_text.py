import pytest
from hypothesis import given
from hypothesis import strategies as some

from model.core.text import duration, file_list, listing, one_line, percent


@pytest.mark.parametrize(
    ("share", "text"),
    [
        *[(0, "0 %"), (1e-9, "<1 %"), (0.0049, "<1 %"), (0.005, "<1 %"), (0.0051, "1 %"), (0.5, "50 %")],
        *[(0.994, "99 %"), (0.995, ">99 %"), (0.9999999, ">99 %"), (1, "100 %")],
    ],
)
def test_a_share_is_written_as_people_read_it(share, text):
    assert percent(share) == text


@given(some.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True))
def test_what_is_merely_close_is_never_all_or_nothing(share):
    assert percent(share) not in ("0 %", "100 %")


@pytest.mark.parametrize(
    ("names", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")],
)
def test_a_list_reads_as_a_sentence_does(names, text):
    assert listing(names) == text


def test_a_list_takes_another_joint():
    assert listing(["a", "b", "c"], joint="and") == "a, b and c"


def test_a_long_list_is_cut_and_counted():
    names = [f"class {n}" for n in range(13)]
    assert listing(names) == "class 0, class 1, class 2, class 3, class 4 and 8 more"
    assert listing(names[:12]).endswith("class 10 or class 11")


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (600, "10 min")])
def test_a_duration_is_in_seconds_then_in_minutes(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(("name", "text"), [("Bär 1.jpg", "Bär 1.jpg"), ("a\nb\x1b", r"a\nb\x1b"), ("caf\udce9", r"caf\udce9")])
def test_a_file_name_stands_on_one_line_whatever_is_in_it(name, text):
    assert one_line(name) == text
    assert file_list(["x", name]) == f"x and {text}"
