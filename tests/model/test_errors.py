import inspect
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


def test_busy_says_when_to_come_again():
    assert Busy("Later.").retry_after == 1.0
    assert Busy("Later.", 2.5).retry_after == 2.5


def test_the_error_tree_imports_nothing():
    assert not re.findall(r"^\s*(?:import|from)\s", inspect.getsource(errors), re.MULTILINE)
