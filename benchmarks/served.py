"""A notebook served by Voilà, a visit to it in a browser, the kernel behind a page: what the benches of pages share."""

from __future__ import annotations

import json
import os
import socket
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
    with (scratch / f"{notebook.stem}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=notebook.parent, stdout=log, stderr=log, env={**os.environ, "JUPYTER_TOKEN": TOKEN}
        )
    address = f"http://127.0.0.1:{port}/?token={TOKEN}"
    until_it_answers(f"http://127.0.0.1:{port}/api", process)
    try:
        yield address
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until_it_answers(address: str, process: subprocess.Popen) -> None:
    while process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
