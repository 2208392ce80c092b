"""The page in a real Chromium beside an empty ipywidgets notebook and beside the course's own app, each under its own Voilà.

The page has the settings that it ships with (voila.json: one kernel is made ready before anybody asks); the references
have Voilà's defaults, as somebody has who types `voila notebook.ipynb`.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from benchmarks import notebooks
from benchmarks.measure import Figure
from benchmarks.served import kernel, visit, voila
from model.core import PROJECT
from tests.browser.find_chromium import find

ROUNDS = 5
CLICKS = 20
REST = 6000  # milliseconds between visits, in which the next kernel is made ready

WATCH = """([button, label]) => new Promise((done) => {
  const place = document.querySelector(label);
  const before = place.textContent;
  const watcher = new MutationObserver(() => {
    if (!place.textContent || place.textContent === before) return;
    watcher.disconnect();
    done(performance.now() - started);
  });
  watcher.observe(place, { childList: true, characterData: true, subtree: true });
  const started = performance.now();
  document.querySelector(button).click();
})"""


def figures(scratch: Path, export: Path, photo: Path) -> list[Figure]:
    """Start-up, memory per visitor, click to answer."""
    with ExitStack() as stack:
        enter = stack.enter_context
        ours = enter(voila(PROJECT / "app.ipynb", scratch))
        cold = enter(voila(PROJECT / "app.ipynb", scratch, "--VoilaConfiguration.preheat_kernel=False"))
        empty = enter(voila(notebooks.write(scratch / "empty.ipynb", notebooks.EMPTY), scratch))
        course = enter(voila(notebooks.write(scratch / "course.ipynb", notebooks.course(export)), scratch))
        button = enter(voila(notebooks.write(scratch / "button.ipynb", notebooks.BUTTON), scratch))
        browser = enter(sync_playwright()).chromium.launch(executable_path=find(), args=["--no-sandbox", "--disable-gpu"])
        pages = {
            "ours": (ours, ".vl-app .vl-zone button"),
            "cold": (cold, ".vl-app .vl-zone button"),
            "empty": (empty, ".widget-label"),
            "course": (course, ".widget-upload"),
        }
        seconds: dict[str, list[float]] = {name: [] for name in pages}
        memory: dict[str, list[int]] = {name: [] for name in pages}
        for number in range(ROUNDS + 1):
            for name, (address, usable) in pages.items():
                with visit(browser, address) as (page, started):
                    page.wait_for_selector(usable, timeout=120_000)
                    seconds[name].append(time.perf_counter() - started)
                    if name == "ours":
                        page.set_input_files(".vl-app input[type=file]", str(photo))
                        page.wait_for_selector(".vl-app .vl-share", state="attached", timeout=120_000)
                    page.wait_for_timeout(REST)
                    memory[name].append(kernel(page).memory_full_info().uss)
            if number == 0:  # the first visit of each warms the caches of disk and browser
                seconds = {name: [] for name in pages}
        clicks, plain = _clicks(browser, ours, button, photo)
        browser.close()
    start, used = {n: median(v) for n, v in seconds.items()}, {n: median(v) / 1e6 for n, v in memory.items()}
    return [
        Figure(
            "seconds until the page can be used, no kernel made ready beforehand",
            "an empty ipywidgets notebook",
            start["cold"],
            start["empty"],
            1.25,
            "s",
        ),
        Figure(
            "the same, one kernel made ready as `make app` does", "the course's app", start["ours"], start["course"], 0.25, "s"
        ),
        Figure("memory of one more visitor", "an empty ipywidgets notebook", used["ours"], used["empty"], 1.5, "MB"),
        Figure(
            "click to answer, model warm (asked ahead when the photo came, 1 s before)",
            "a button that only sets a label",
            clicks,
            plain,
            2.0,
            "ms",
        ),
    ]


def _clicks(browser: Browser, ours: str, button: str, photo: Path) -> tuple[float, float]:
    """Milliseconds from the click to the changed label, by hand-wired trio and by a button that only sets a label."""
    with visit(browser, ours) as (page, _), visit(browser, button) as (plain, _):
        page.get_by_text("The same, wired by hand").click()
        plain.wait_for_selector(".jupyter-button")
        taken: list[float] = []
        only: list[float] = []
        for _ in range(CLICKS):
            page.set_input_files(".vl-below input[type=file]", str(photo))
            page.wait_for_timeout(1000)  # as long as a hand needs from the photo to the button
            taken.append(page.evaluate(WATCH, [".vl-below .jupyter-button", ".vl-below div.widget-label"]))
            only.append(plain.evaluate(WATCH, [".jupyter-button", ".widget-label"]))
            plain.wait_for_timeout(150)
    return median(taken[3:]), median(only[3:])
