"""What travels to the browser was made of what lies here, whole, with its licences, and asks nobody else for anything."""

from __future__ import annotations

import json
import re

import bundle

from model.core import PROJECT

TEMPLATE = PROJECT / "widgets" / "template"
BUILT = json.loads((TEMPLATE / "built.json").read_text(encoding="utf-8"))
MADE = {file.name: file.read_text(encoding="utf-8") for file in (TEMPLATE / "static").iterdir()}


def test_it_was_made_of_the_sources_that_lie_here():
    assert BUILT["made_of"] == bundle.checksum(), "make bundle"


def test_every_file_that_is_named_is_there_and_no_other():
    named = {*BUILT["scripts"], BUILT["style"], "licences.txt"}
    for text in [MADE[name] for name in BUILT["scripts"]]:
        named |= set(re.findall(r'["\']\./([\w-]+\.js)["\']', text))
    assert named == set(MADE)
    for name in (*BUILT["scripts"], BUILT["style"]):
        assert name in (TEMPLATE / "built.j2").read_text(encoding="utf-8")


def test_anywidget_s_script_is_of_the_version_that_is_installed():
    wanted = json.loads((TEMPLATE / "build" / "package.json").read_text(encoding="utf-8"))["dependencies"]["anywidget"]
    for pins in ("requirements.txt", "requirements-serve.txt"):
        assert f"anywidget=={wanted}\n" in (PROJECT / pins).read_text(encoding="utf-8")


def test_the_licence_of_each_package_is_there():
    for package in ("@jupyter-widgets/base ", "@lumino/widgets ", "anywidget ", "backbone ", "jquery ", "lodash ", "solid-js "):
        assert f"\n{package}" in f"\n{MADE['licences.txt']}"
    assert MADE["licences.txt"].count("Copyright") >= 15


def test_the_style_loads_nothing_from_elsewhere():
    assert not re.findall(r"url\(['\"]?(?!data:)[^)]*", MADE[BUILT["style"]])
