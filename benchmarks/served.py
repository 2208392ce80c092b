"""What is measured, served: a notebook by Voilà, the model process, Gradio; a visit in a browser, the kernel behind a page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page
from ports import free_port

from model.core import PROJECT

TOKEN = "of-the-benches"  # the owner's page asks for it, others do not mind it


@contextmanager
def visit(browser: Browser, address: str) -> Iterator[tuple[Page, float]]:
    context = browser.new_context()
    try:
        page = context.new_page()
        started = time.perf_counter()
        page.goto(address, wait_until="commit")
        yield page, started
    finally:
        context.close()


def kernel(page: Page) -> psutil.Process:
    """The process of the kernel behind a page."""
    identity = json.loads(page.locator("#jupyter-config-data").text_content() or "{}")["kernelId"]
    return next(p for p in psutil.process_iter(["cmdline"]) if any(identity in part for part in p.info["cmdline"] or []))


@contextmanager
def voila(notebook: Path, scratch: Path, *options: str) -> Iterator[str]:
    """Voilà serving one notebook, with the settings of the voila.json beside it, if there is one."""
    port = free_port()
    command = [sys.executable, "-m", "voila", str(notebook), "--no-browser", "--Voila.ip=127.0.0.1", f"--port={port}"]
    command += options
    place = f"http://127.0.0.1:{port}"
    with _running(command, notebook.parent, scratch / f"{notebook.stem}.log", f"{place}/api", JUPYTER_TOKEN=TOKEN):
        yield f"{place}/?token={TOKEN}"


@contextmanager
def model_process(export: Path, scratch: Path) -> Iterator[str]:
    """The model process for an export, reached over TCP, as whoever asks it from another machine does."""
    port = free_port()
    command = [sys.executable, "-m", "model", "serve", "--host", "127.0.0.1", "--port", str(port), "--model", str(export)]
    place = f"http://127.0.0.1:{port}"
    with _running(command, PROJECT, scratch / "serve.log", f"{place}/health"):
        yield place


def python_of_gradio() -> str:
    """The Python that VOILENS_GRADIO names, which has gradio and fastai; "" where there is none, which is told."""
    python = os.environ.get("VOILENS_GRADIO", "")
    if not python:
        print("The rows beside Gradio are left out: VOILENS_GRADIO names no Python that has it.", file=sys.stderr)
    return python


@contextmanager
def gradio(export: Path, scratch: Path, python: str) -> Iterator[tuple[str, psutil.Process]]:
    """Gradio's usual page around an export: its address, its process."""
    port = free_port()
    command, place = [python, "-m", "benchmarks.gradio_peer", str(export), str(port)], f"http://127.0.0.1:{port}/"
    own = {"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_TEMP_DIR": str(scratch / "gradio")}
    with _running(command, PROJECT, scratch / "gradio.log", place, **own) as process:
        yield place, psutil.Process(process.pid)


@contextmanager
def _running(command: list[str], folder: Path, log: Path, address: str, **environment: str) -> Iterator[subprocess.Popen]:
    """A server, from its first answer at `address` to the end of the block."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, env={**os.environ, **environment})
    try:
        until_it_answers(address, process)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def until_it_answers(address: str, process: subprocess.Popen) -> None:
    while process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
