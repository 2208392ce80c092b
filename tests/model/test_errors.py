import inspect
import json
import pickle
import re

import pytest

from model import errors
from model.errors import AppError, BadData, BadImage, BadModel, BadUsage, Busy, TooLarge, Unreachable

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]


def test_every_error_is_an_app_error_and_only_too_large_is_a_bad_image():
    assert all(issubclass(kind, AppError) for kind in KINDS)
    assert [kind for kind in KINDS if issubclass(kind, BadImage)] == [BadImage, TooLarge]


def test_the_tree_in_the_docstring_names_every_error_with_its_status():
    drawn = dict(re.findall(r"[├└]── (\w+) .* (\d{3})$", errors.__doc__, re.MULTILINE))
    assert drawn == {kind.__name__: str(kind.status) for kind in KINDS if kind is not AppError}


@pytest.mark.parametrize(
    ("kind", "status"),
    [(BadImage, 422), (TooLarge, 413), (BadData, 422), (BadModel, 500), (BadUsage, 400), (Busy, 503), (Unreachable, 503)],
)
def test_an_error_travels_as_its_status_and_reads_as_its_sentence(kind, status):
    error = kind("Send another one.")
    assert (error.status, str(error)) == (status, "Send another one.")


def test_the_code_is_that_of_the_class_unless_the_reason_is_known_more_closely():
    codes = [kind("Send another one.").code for kind in KINDS]
    assert len(set(codes)) == len(codes)
    close = TooLarge("Too long.", code="too-many-bytes", megabytes=31)
    assert (str(close), close.args, close.code, close.values) == (
        "Too long.",
        ("Too long.",),
        "too-many-bytes",
        {"megabytes": 31},
    )
    assert TooLarge("Too wide.").code == TooLarge.code
    assert str(AppError()) == "" and str(AppError("a", 1)) == "('a', 1)"


def test_code_and_values_survive_the_way_between_processes():
    close = TooLarge("Too long.", code="too-many-bytes", megabytes=31)
    again = pickle.loads(pickle.dumps(close))
    assert (str(again), again.reason()) == (str(close), close.reason())
    heard = AppError("Too long.")
    heard.adopt(json.loads(json.dumps(close.reason())))
    assert heard.reason() == close.reason()


@pytest.mark.parametrize(
    "reason",
    [
        None,
        [],
        "x",
        {},
        {"code": 1, "values": {}},
        {"code": "x"},
        {"code": "x", "values": [1]},
        {"code": "x" * 999, "values": {}},
        {"code": "x", "values": {"a": [1]}},
        {"code": "x", "values": {"a": "x" * 999}},
        {"code": "x", "values": dict.fromkeys("abcdefghij", 1)},
    ],
)
def test_a_reason_that_makes_no_sense_changes_nothing(reason):
    error = BadImage("Broken.")
    error.adopt(reason)
    assert error.reason() == {"code": "bad-image", "values": {}}


def test_busy_says_when_to_come_again():
    assert Busy("Later.").retry_after == 1.0
    assert Busy("Later.", 2.5).retry_after == 2.5


def test_the_error_tree_imports_nothing():
    assert not re.findall(r"^\s*(?:import|from)\s", inspect.getsource(errors), re.MULTILINE)
