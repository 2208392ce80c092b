"""A page without a server, looked at in Chromium: does it answer, what does it ask for, does it work once its server is gone.

Knows the page by its address and by `voilens.classify(blob)`, which it gives to scripts.
"""

from __future__ import annotations

import base64
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.errors import AppError
from model.publishing.local_server import LocalServer
from model.publishing.memory import memory_of_largest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
NOWHERE_ELSE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
PHONE = {"width": 360, "height": 740}
SECONDS = 90  # for the page to load its model, or to answer

ANSWERED = ".vl-answer:is([data-state=sure], [data-state=unsure], [data-state=unfamiliar])"

# A headline without the sign before it, which is for the eye alone.
WORDS = """(headline) =>
  [...headline.childNodes].filter((node) => node.ariaHidden !== "true").map((node) => node.textContent).join("")"""

CLASSIFY = """async ([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  try { return { answer: await voilens.classify(new File([bytes], name)) }; }
  catch (error) { return { error: String(error?.message ?? error) }; }
}"""


@dataclass
class Looked:
    """What was seen of a page in a browser.

    `answers` are its answers as the page gives them, None where it gave none (`errors` says why, by the picture's name).
    `first` are the files that came until the first answer, `elsewhere` the addresses beyond the folder that were asked for,
    `missing` those of no file. `ready` and `each` are seconds: until the page can be asked, and for one answer. `offline` says
    whether the first picture got the same answer after a reload with the server gone. `headline` is what the page says in
    words when the first picture is uploaded, `phone` how it looks then, as a PNG.
    """

    answers: list[dict[str, Any] | None] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    first: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    ready: float | None = None
    each: float | None = None
    headline: str = ""
    memory: int | None = None
    offline: bool | None = None
    phone: bytes = b""


def find_chromium() -> str | None:
    """The path of a Chromium on this machine (`CHROMIUM` overrides), Playwright's own build as the last resort."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found or MACOS.exists():
        return found or str(MACOS)
    if find_spec("playwright") is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def why_no_browser() -> str:
    """Why nothing can be looked at here; "" where it can."""
    if find_spec("playwright") is None:
        return 'there is no Playwright here (pip install ".[publish]")'
    if find_chromium() is None:
        return "there is no Chromium here: install one, or set CHROMIUM to its path"
    return ""


def look(site: Path, pictures: Sequence[tuple[str, bytes]]) -> Looked:
    """Open the page of a folder as on a phone and let it answer these pictures, by name and content."""
    from playwright.sync_api import Error

    looked, server = Looked(), LocalServer(site)
    try:
        with _chromium() as browser:
            context = browser.new_context(viewport=PHONE, device_scale_factor=2)  # type: ignore[arg-type]
            context.on("request", lambda request: _note_elsewhere(request.url, server, looked))
            page = context.new_page()
            try:
                _ask(page, server, pictures, looked)
                _ask_offline(page, server, pictures, looked)
            except Error as error:
                _note_error(error, looked)
    finally:
        server.stop()
    looked.elsewhere += server.asked.outside
    looked.missing += server.asked.missing
    return looked


def upload_to(address: str, name: str, content: bytes) -> tuple[str, bytes]:
    """Upload a picture to the page at an address, as wide as a phone: what it says of it, and how it looks then, as a PNG.

    Raises AppError where it does not answer.
    """
    from playwright.sync_api import Error

    with _chromium() as browser:
        page = browser.new_page(viewport=PHONE, device_scale_factor=2)  # type: ignore[arg-type]
        try:
            page.goto(address)
            return _upload(page, name, content), page.screenshot()
        except Error as error:
            raise AppError(str(error).partition("\n")[0]) from error


def _ask(page: Page, server: LocalServer, pictures: Sequence[tuple[str, bytes]], looked: Looked) -> None:
    page.on("pageerror", lambda error: _note_error(error, looked))
    started = time.monotonic()
    page.goto(server.address)
    _wait_until_ready(page)
    looked.ready = time.monotonic() - started
    for number, (name, content) in enumerate(pictures):
        if number == 1:
            started = time.monotonic()
        looked.answers.append(_classify(page, name, content, looked))
        if number == 0:
            looked.first = list(dict.fromkeys(server.asked.files))
    if len(pictures) > 1:
        looked.each = (time.monotonic() - started) / (len(pictures) - 1)
    looked.memory = memory_of_largest(os.getpid(), "--type=renderer")
    if pictures:
        looked.headline = _upload(page, *pictures[0])
    looked.phone = page.screenshot()


def _upload(page: Page, name: str, content: bytes) -> str:
    """Upload a picture as a visitor does; what the page says of it."""
    chosen: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator("input[type=file]").first.set_input_files([chosen], timeout=1000 * SECONDS)
    page.locator(ANSWERED).wait_for(timeout=1000 * SECONDS)
    return str(page.locator(f"{ANSWERED} .vl-headline").evaluate(WORDS))


def _ask_offline(page: Page, server: LocalServer, pictures: Sequence[tuple[str, bytes]], looked: Looked) -> None:
    if not pictures or not page.evaluate(KEPT, SECONDS):
        looked.offline = False
        return
    server.stop()
    page.reload()
    _wait_until_ready(page)
    again = _classify(page, *pictures[0], looked)
    before = looked.answers[0]
    looked.offline = again is not None and before is not None and again["label"] == before["label"]


# A worker that controls the page keeps what it needs; the page need not be told when all of it has come.
KEPT = """async (seconds) => {
  if (!navigator.serviceWorker) return false;
  const end = new Promise((resolve) => setTimeout(resolve, seconds * 1000, null));
  return Boolean(await Promise.race([navigator.serviceWorker.ready, end]));
}"""


def _wait_until_ready(page: Page) -> None:
    page.wait_for_function("() => globalThis.voilens?.classify", timeout=1000 * SECONDS)


def _classify(page: Page, name: str, content: bytes, looked: Looked) -> dict[str, Any] | None:
    given = page.evaluate(CLASSIFY, [name, base64.b64encode(content).decode()])
    if "error" in given:
        looked.errors[name] = given["error"]
    return given.get("answer")


def _note_error(error: Exception, looked: Looked) -> None:
    looked.errors.setdefault("the page", str(error).partition("\n")[0])


def _note_elsewhere(url: str, server: LocalServer, looked: Looked) -> None:
    if not url.startswith((server.origin, "data:", "blob:")):
        looked.elsewhere.append(url)


@contextmanager
def _chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    flags = [NOWHERE_ELSE, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        try:
            yield browser
        finally:
            browser.close()
