"""The README's map is true: every package and every top-level thing has its line, and no line names what is not there."""

from __future__ import annotations

import re
import subprocess

from model.core import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.splitlines() if (PROJECT / name).exists()]


def test_every_package_has_its_line_in_the_map():
    packages = {name.rpartition("/")[0] for name in tracked() if re.fullmatch(r"(model|widgets)/\w+/__init__\.py", name)}
    assert {package for package in packages if f"`{package}/`" not in README} == set()


def test_every_module_beside_the_packages_has_its_line_in_the_map():
    modules = {name for name in tracked() if re.fullmatch(r"(model|widgets)/[a-z]\w*\.py", name)}
    assert {module for module in modules if f"`{module}`" not in README} == set()


def test_the_map_names_nothing_that_is_not_there():
    named = re.findall(r"`((?:model|widgets|tests|binder|benchmarks|docs)/[\w./-]*)`", README)
    assert named
    assert [name for name in named if not (PROJECT / name).exists()] == []
