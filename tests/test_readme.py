"""The README's map is true: every package and every module beside them has its line, and no line names what is not there."""

from __future__ import annotations

import re

from model.core import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def found(*patterns: str) -> set[str]:
    return {file.relative_to(PROJECT).as_posix() for pattern in patterns for file in PROJECT.glob(pattern)}


def test_every_package_has_its_line_in_the_map():
    packages = {name.rpartition("/")[0] for name in found("model/*/__init__.py", "widgets/*/__init__.py")}
    assert len(packages) > 15
    assert {package for package in packages if f"`{package}/`" not in README} == set()


def test_every_module_beside_the_packages_has_its_line_in_the_map():
    modules = {name for name in found("model/*.py", "widgets/*.py") if not name.endswith("__init__.py")}
    assert modules
    assert {module for module in modules if f"`{module}`" not in README} == set()


def test_the_map_names_nothing_that_is_not_there():
    named = re.findall(r"`((?:model|widgets|tests|binder|benchmarks|docs)/[\w./-]*)`", README)
    assert named
    assert [name for name in named if not (PROJECT / name).exists()] == []
