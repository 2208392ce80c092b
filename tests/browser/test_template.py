"""The page's own template with a notebook of plain ipywidgets: outputs, controls, the line to the kernel. And Voilà's own."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect
from steps import picture

pytestmark = pytest.mark.browser
CELLS = [
    "import ipywidgets as ipw\nfrom IPython.display import HTML, Image, display\nprint('printed by a cell')",
    "display(HTML('<b id=drawn>drawn</b>'))",
    "output, button = ipw.Output(), ipw.Button(description='Go')\n"
    "slider = ipw.IntSlider(3, description='<i>how many</i>', description_allow_html=True)\n"
    "@button.on_click\n"
    "def go(_):\n"
    "    with output:\n"
    "        print('pressed', slider.value)\n"
    "        print('again')\n"
    "        display(Image(filename='photo.png', width=20), ipw.Label('a label inside'))\n"
    "ipw.VBox([slider, button, output])",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The notebook, beside a photo."""
    folder = tmp_path_factory.mktemp("notebook")
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    empty = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    code = [{**empty, "id": f"c{number}", "source": source} for number, source in enumerate(CELLS)]
    told = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": "# A *title* of Markdown"}
    notebook = {"cells": [told, *code], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "plain.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    picture(1).save(folder / "photo.png")
    return folder


@pytest.fixture(scope="module")
def plain(serve, folder) -> str:
    return serve("voila", str(folder / "plain.ipynb"), "--Voila.ip=127.0.0.1")


def test_outputs_and_controls_are_there_and_answer(new_page, plain):
    page = new_page()
    page.goto(plain)
    expect(page.get_by_role("heading", name="A title of Markdown")).to_be_visible()
    expect(page.get_by_text("printed by a cell")).to_be_visible()
    expect(page.locator("#drawn")).to_have_text("drawn")
    slider = page.get_by_role("slider")  # its control is in the file that is loaded when it is used
    expect(page.get_by_text("<i>how many</i>")).to_be_visible()  # text, whatever it asks for
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".widget-readout")).to_have_text("4")
    page.get_by_role("button", name="Go").click()
    shown = page.locator(".jupyter-widget-output .jp-OutputArea-output")
    expect(shown).to_have_count(3)
    expect(shown.first).to_have_text("pressed 4\nagain\n")
    expect(shown.nth(1).locator("img")).to_have_attribute("width", "20")
    expect(shown.nth(2)).to_have_text("a label inside")
    expect(page.locator("#loading")).to_have_count(0)


def test_a_line_that_breaks_is_taken_up_again(new_page, plain):
    page = new_page()
    page.add_init_script(
        "const Socket = WebSocket; window.sockets = [];"
        "window.WebSocket = class extends Socket { constructor(...of) { super(...of); sockets.push(this); } };"
    )
    page.goto(plain)
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("a label inside")).to_be_visible()
    page.evaluate("sockets.at(-1).close()")
    page.get_by_role("button", name="Go").click()  # said while there is none
    expect(page.get_by_text("pressed 3")).to_have_count(2)
    assert page.evaluate("sockets.length") == 2


@pytest.mark.slow
def test_voila_s_own_template_is_a_word_away_and_compressed_too(new_page, serve):
    page = new_page()
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", "--template=lab"))
    expect(page.locator(".vl-app:not(#early) .vl-zone")).to_be_visible()
    scripts = [answer for answer in answers if answer.url.partition("?")[0].endswith("voila.js")]
    assert sum(answer.headers.get("content-encoding") == "gzip" for answer in scripts) > 20
