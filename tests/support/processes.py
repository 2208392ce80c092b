"""The processes that a test has brought about: workers that open pictures, model processes."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import psutil


def picture_workers() -> list[psutil.Process]:
    """The workers that this process has started and that are alive; no other of its children."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.Error):  # it ended meanwhile
            if "model.images.worker" in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE:
                found.append(child)
    return found


def model_processes(runtime: Path) -> list[psutil.Process]:
    """The model processes that listen in `runtime`, by what they were started with."""
    found = []
    for process in psutil.process_iter(["cmdline", "ppid"]):
        arguments = process.info["cmdline"] or []
        if "serve" in arguments and any(argument.startswith(f"{runtime}/") for argument in arguments):
            with suppress(psutil.Error):  # it ended meanwhile
                if process.status() != psutil.STATUS_ZOMBIE:  # a kernel does not wait for what it started
                    found.append(process)
    pids = {process.pid for process in found}  # a worker that is being started bears its parent's command for a moment
    return [process for process in found if process.info["ppid"] not in pids]


def end_model_processes(runtime: Path) -> None:
    """End those, and take their folder away."""
    processes = model_processes(runtime)
    for process in processes:
        process.kill()
    psutil.wait_procs(processes, timeout=10)
    shutil.rmtree(runtime, ignore_errors=True)
