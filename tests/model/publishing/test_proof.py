"""What is too heavy for a host is said; a proof passes where nothing was found wrong, even if not all could be looked at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from model.publishing.memory import memory_of_tree
from model.publishing.proof import LARGEST_FILE, Check, Proof, check_private, check_shown, check_weight
from model.publishing.report import write_report


def sparse(file, size):
    with file.open("wb") as stream:
        stream.truncate(size)


def test_a_model_that_no_host_takes_is_named_with_what_to_do(tmp_path):
    sparse(tmp_path / "network.onnx", LARGEST_FILE)
    check = check_weight(tmp_path)
    assert check.passed is False
    assert "network.onnx alone 100.0 MB" in check.said
    assert "train a smaller network" in check.said


def test_a_whole_that_no_host_takes_is_too_heavy(tmp_path):
    for number in range(11):
        sparse(tmp_path / f"{number}.onnx", LARGEST_FILE - 1)
    assert check_weight(tmp_path).passed is False
    (tmp_path / "10.onnx").unlink()
    assert check_weight(tmp_path).passed is True


def test_a_proof_passes_where_nothing_is_wrong():
    seen, unseen = Check("weight", True, "light"), Check("opens", None, "no browser")
    wrong = check_private([("page.js", "your user name")])
    assert Proof([seen, unseen]).passed
    assert not Proof([seen, wrong]).passed
    assert Proof([seen, wrong]).wrong == ["It would give away your user name in page.js."]


def test_the_owner_is_told_which_pictures_anybody_will_see():
    files = [Path("/models/mine-examples", name) for name in ("1-cat.jpg", "2-dog.jpg")]
    said = check_shown(files, 12).said
    assert "1-cat.jpg and 2-dog.jpg. Take out of /models/mine-examples what nobody is to see" in said
    assert "small copies of 12 training pictures" in said
    assert check_shown([]).said == "It shows none that you have."


def test_a_report_shows_what_was_found_as_text(tmp_path):
    proof = Proof([Check("opens", False, "<script>alert(1)</script>")])
    page = write_report(tmp_path / "site", "A page", proof, ["Look at <it>."], {"proof": proof.to_json()})
    text = page.read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "A page: not published" in text
    assert page.parent == tmp_path / "site-report"


def test_a_report_calls_proved_what_was_looked_at_throughout(tmp_path):
    seen, unseen = Check("weight", True, "light"), Check("opens", None, "no browser")
    for checks, heading in (
        ([seen], "A page: proved<"),
        ([seen, unseen], "A page: nothing wrong in what could be looked at here<"),
    ):
        page = write_report(tmp_path / "site", "A page", Proof(checks), [], {})
        assert heading in page.read_text(encoding="utf-8")


def test_the_memory_of_a_tree_is_that_of_all_its_processes(own_tree):
    pid, held = own_tree
    found = memory_of_tree(pid)
    if found is None:
        pytest.skip("this system does not say what a process holds")
    assert found > held


@pytest.fixture
def own_tree():
    """A process whose child holds some 40 MB."""
    child = "held = bytearray(b'x' * 40_000_000); print(len(held), flush=True); input()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        held = int(process.stdout.readline())
        yield process.pid, held
        process.stdin.close()
