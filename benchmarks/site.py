"""The page without a server, published from the shipped export by its one command: beside Gradio's page around the same export,
beside the files that it cannot do without, beside Python's answers and beside its own bare network.

The folder is given to browsers as a host of static pages gives it (static_host.py).
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from benchmarks import site_answers, site_camera
from benchmarks.gradio import ROUNDS, Served, first_visit, photo_answered
from benchmarks.line import Line, Way
from benchmarks.measure import PICTURES, Figure
from benchmarks.served import gradio, python_of_gradio
from benchmarks.static_host import compressed, hosted
from model.artifacts import example_pictures
from model.core import PROJECT, evenly
from tests.browser.find_chromium import find

PROVED = 60  # validation pictures that `publish static` asks a browser about, unless told


def figures(scratch: Path, export: Path, photo: Path) -> list[Figure]:
    """What the page without a server must reach; times are medians of ROUNDS in turns."""
    pictures = sorted(PICTURES.glob("valid/*/*"))
    site = scratch / "site"
    found = [_publish(site, export, pictures)]
    if pictures:
        found += site_answers.figures(scratch, export, site, pictures)
    else:
        print(f"The rows beside Python's answers are left out: {PICTURES} is missing.", file=sys.stderr)
    site_camera.add_bare_network(site)
    with hosted(site) as address:
        found.append(site_camera.pictures_a_second(address))
        with sync_playwright() as playing:
            browser = playing.chromium.launch(executable_path=find(), args=["--no-sandbox", "--disable-gpu"])
            ours = Served.ours(address)
            found.append(_download(browser, ours, site, photo))
            if python := python_of_gradio():
                with gradio(export, scratch, python) as (elsewhere, _):
                    theirs = Served.gradio(elsewhere)
                    found.append(_taken(browser, ours, theirs))
                    what = "a small photo, the page without a server, loopback"
                    found.append(photo_answered(browser, ours, theirs, photo, what, Way(), 1.0))
            browser.close()
    return found


def _publish(site: Path, export: Path, pictures: Sequence[Path]) -> Figure:
    """Publish by the command; the seconds of all of it, beside those in which Python answers what the proof answers."""
    started = time.perf_counter()
    data = ["--data", str(PICTURES)] if pictures else []
    _run("publish", "static", "--json", "--model", str(export), "--out", str(site), *data)
    published = time.perf_counter() - started
    asked = [*example_pictures.of(export), *evenly(pictures, PROVED)]
    started = time.perf_counter()
    _run("predict", "--json", "--model", str(export), *map(str, asked))
    answered = time.perf_counter() - started
    what = f"from `publish static` to its proof, which asks a browser about {len(asked)} pictures"
    return Figure(what, "`python -m model predict` of these pictures", published, answered, None, "s")


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "model", *arguments], cwd=PROJECT, stdout=subprocess.DEVNULL, check=True)


def _download(browser: Browser, ours: Served, site: Path, photo: Path) -> Figure:
    """What comes over the line until a photo that was given at once is answered, headers included."""
    line = Line()
    with first_visit(browser, ours, line) as (shown, _):
        shown.set_input_files(ours.files, str(photo))
        shown.wait_for_selector(ours.answer, state="attached", timeout=240_000)
        came = line.down.passed
    least = sum(len(compressed(file)) for file in (site / "runtime/ort-wasm-simd-threaded.wasm", *site.glob("model/*.onnx")))
    what = "download of the page without a server until the first answer, compressed"
    return Figure(what, "the runtime's program and the network", came / 1e6, least / 1e6, 1.1, "MB")


def _taken(browser: Browser, ours: Served, theirs: Served) -> Figure:
    """Seconds until a photo is taken, by somebody who comes for the first time."""

    def taken(page: Served) -> float:
        with first_visit(browser, page, Line()) as (shown, started):
            shown.wait_for_selector(page.target, timeout=120_000)
            return time.perf_counter() - started

    both = [(taken(ours), taken(theirs)) for _ in range(ROUNDS)]
    mine, other = (median(each[place] for each in both) for place in (0, 1))
    return Figure("seconds until the page without a server takes a photo, loopback", "Gradio's page", mine, other, 0.5, "s")
