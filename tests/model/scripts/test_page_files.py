"""The files that a server hands out: named by what is in them, told to the kernels of its pages and to no others."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from model.artifacts import example_pictures
from model.scripts import page_files
from model.scripts.page_files import ADDRESSES, FIRST, OTHERS
from widgets.classify import examples
from widgets.shared import assets

STYLE = "shared.css"


@pytest.fixture
def in_voila(monkeypatch) -> dict[str, str]:
    """This process is the kernel of a page below /base/; the addresses that it was told."""
    monkeypatch.setenv("VOILA_SERVER_URL", "/base/")
    monkeypatch.setenv(ADDRESSES, "")
    page_files.tell_kernels("/base/")
    return json.loads(page_files.os.environ[ADDRESSES])


def test_there_is_one_file_for_the_first_look_and_one_for_every_other_part():
    names = {name.partition("-")[0] + Path(name).suffix for name in page_files.make()}
    with_scripts = {file.parent.name for file in page_files.WIDGETS.glob("*/*.js")} - {"static", "template"}
    assert with_scripts <= {*FIRST, *OTHERS}
    assert names == {STYLE, "shared.js", *(f"{part}.js" for part in with_scripts - set(FIRST))}
    assert all(re.fullmatch(r"\w+-[0-9a-f]{16}\.(js|css)", name) for name in page_files.make())


def test_a_widget_of_a_page_of_this_server_carries_the_address_of_its_script(in_voila):
    text = assets.script("classify/answer")
    assert in_voila["shared.js"] in text and 'scripts.default["classify/answer.js"]' in text and len(text) < 300
    assert in_voila["clean.js"] in assets.script("clean/cleaner")
    assert all(address.startswith("/base/voila/static/") for address in in_voila.values())


def test_elsewhere_it_carries_the_script_itself(monkeypatch, in_voila):
    monkeypatch.delenv("VOILA_SERVER_URL")  # a notebook in JupyterLab, beside such a page
    assert "// classify/answer.js" in assets.script("classify/answer")
    assert page_files.address_of("classify", "css") is None


def test_the_examples_of_the_model_that_serves_travel_as_addresses_and_those_of_others_whole(monkeypatch, tmp_path, in_voila):
    monkeypatch.setenv("VOILENS_MODEL", str(tmp_path / "export.pkl"))
    file = example_pictures.beside(tmp_path / "export.pkl") / "1-cat.jpg"
    other = tmp_path / "other-examples" / "1-cat.jpg"
    for each in (file, other):
        each.parent.mkdir()
        each.write_bytes(b"a cat")
    named, whole = (example["file"] for example in examples.read([file, other], ["cat"]))
    assert named == f"/base/voila/static/{example_pictures.public_name(b'a cat')}"
    assert whole.startswith("data:image/jpeg;base64,")
    monkeypatch.delenv("VOILA_SERVER_URL")
    assert examples.read([file], ["cat"])[0]["file"] == whole
