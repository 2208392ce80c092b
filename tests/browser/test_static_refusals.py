"""Bad files on the page without a server: the sentences of the page with one, for every kind that the browser opens."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator

import pytest
import safe_forms
from bad_pictures import BAD, FOR_FEW
from kept_runtime import kept_runtime
from playwright.sync_api import Page

from model.core import MAX_BYTES
from model.errors import BadImage
from model.images import open_for_answer
from model.publishing import write_site
from model.publishing.local_server import LocalServer

ASK = """async (files) => {
  const said = {};
  for (const [name, content] of Object.entries(files)) {
    const photo = new Blob([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))]);
    said[name] = await voilens.classify(photo).then(({ label }) => `answered: ${label}`, ({ message }) => message);
  }
  return said;
}"""
LARGE = "(bytes) => voilens.classify(new Blob([new Uint8Array(bytes)])).then(() => 'answered', ({ message }) => message)"


def refusal(content: bytes) -> str:
    """What the page with a server says."""
    with pytest.raises(BadImage) as refused:
        open_for_answer(content)
    return str(refused.value)


def kinds_left_out(sentence: str) -> str:
    """A sentence without the list of kinds, which is each page's own."""
    return re.sub(r"(?<=these kinds: ).*", "", sentence)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("made")
    write_site(safe_forms.by_colour(folder / "form"), safe_forms.CARD, folder / "site", kept_runtime())
    server = LocalServer(folder / "site")
    yield server.address
    server.stop()


@pytest.fixture
def ask(new_page, site) -> Callable[[dict[str, bytes]], dict[str, str]]:
    """What the page says of files, by their names."""
    page: Page = new_page()
    page.goto(site)

    def ask_all(files: dict[str, bytes]) -> dict[str, str]:
        return page.evaluate(ASK, {name: base64.b64encode(content).decode() for name, content in files.items()})

    ask_all.page = page  # type: ignore[attr-defined]
    return ask_all


def test_more_than_forty_kinds_of_bad_file_get_the_same_sentence_as_with_a_server(ask):
    assert len(BAD) > 40
    pairs = {name: (kinds_left_out(said), kinds_left_out(refusal(BAD[name]))) for name, said in ask(BAD).items()}
    assert {name: pair for name, pair in pairs.items() if pair[0] != pair[1]} == {}


def test_kinds_that_this_browser_does_not_open_are_named_with_what_to_do(ask):
    for name, said in ask(FOR_FEW).items():
        kind = "TIFF" if "TIFF" in name else "HEIC"
        assert said == f"This browser cannot open {kind} pictures: save it as JPEG or PNG, or use another browser.", name


def test_a_file_of_too_many_bytes_is_refused_before_it_is_read(ask):
    assert ask.page.evaluate(LARGE, MAX_BYTES + 1) == refusal(bytes(MAX_BYTES + 1))
