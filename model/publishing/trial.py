"""A published page that needs a server, tried as its host will run it: a bare environment by its pins, served, asked, weighed.

Knows processes and their answers, no host.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from model.core import percent
from model.errors import AppError
from model.jobs import Report
from model.publishing.browser import upload_to, why_no_browser
from model.publishing.memory import memory_of_tree
from model.publishing.placing import files_of
from model.publishing.precision import LARGEST
from model.publishing.proof import Check, megabytes
from model.publishing.publication import tell
from model.publishing.served_page import FORM
from model.types import Prediction

INSTALLING, STARTING = 900, 120  # seconds
AGAIN = "Publish again once there is one, before you give the link away."
NEVER = ("torch", "fastai", "torchvision")  # which the environment must not hold
NO_NETWORK = re.compile("NewConnectionError|ConnectTimeout|NameResolutionError|ProxyError|Connection (?:refused|timed out)")
MISSING = re.compile(r"(?:requirement|distribution found for) ([A-Za-z0-9._-]+==[^\s;()]+)")
ISOLATED = ("PYTHONPATH", "PYTHONHOME", "VOILENS_MODEL", "VOILENS_URL", "VOILENS_FOLDER")


@dataclass(frozen=True)
class Command:
    """How a host starts the page: arguments of its Python (`{port}` in them), where the page is, what its environment adds."""

    arguments: Sequence[str]
    path: str
    environment: dict[str, str]
    most_memory: int | None = None  # bytes that the host grants


def try_page(
    folder: Path, pins: str, command: Command, picture: Path, expected: Prediction, report: Report
) -> tuple[list[Check], bytes]:
    """Install and serve the page of a folder and ask it about a picture, to which Python's own answer is `expected`.

    Gives the checks, and the page on a phone as a PNG where there is a browser.
    """
    before = files_of(folder)
    with tempfile.TemporaryDirectory(prefix="vl") as scratch:
        python = Path(scratch, "environment", "bin", "python")
        tell(report, "installing it in a bare environment", 0.2)
        installed = _install(python.parent.parent, folder / pins)
        if not installed.passed:
            return [installed], b""
        environment = environment_of(folder, Path(scratch), command)
        tell(report, "looking at it", 0.7)
        checks = [installed, _predicts(python, folder, environment, picture, expected)]
        served, phone = serves(python, folder, environment, command, picture)
        checks += served
    return [*checks, check_untouched(folder, before)], phone


def check_untouched(folder: Path, before: Sequence[str]) -> Check:
    """Whether what was tried wrote nothing beside the files that were there `before`."""
    written = sorted(set(files_of(folder)) - set(before))
    if written:
        return Check("read only", False, f"It wrote into its own folder: {written[0]}.", {"written": written})
    return Check("read only", True, "It wrote nothing into its own folder.")


def _install(place: Path, pins: Path) -> Check:
    """A bare virtual environment with what the pins name, as any host makes it."""
    started = time.monotonic()
    if failed := _pip(place, pins):
        return failed
    script = f"import importlib.util as u; print(*[n for n in {NEVER!r} if u.find_spec(n)])"
    found = subprocess.run([place / "bin/python", "-c", script], capture_output=True, text=True, env=_bare()).stdout.split()
    if found:
        return Check("installs", False, f"{pins.name} brings {found[0]}, which a page that serves must do without.")
    seconds = time.monotonic() - started
    said = f"A bare environment by these pins, made in {seconds:.0f} s, holds neither torch nor fastai."
    return Check("installs", True, said, {"seconds": seconds})


def check_pins(pins: Path) -> Check:
    """Whether pip finds all that the pins name; nothing of it is installed."""
    with tempfile.TemporaryDirectory(prefix="vl") as scratch:
        said = f"pip finds all that {pins.name} asks for; it was not installed."
        return _pip(Path(scratch), pins, "--dry-run") or Check("installs", True, said)


def _pip(place: Path, pins: Path, *options: str) -> Check | None:
    """Install in a bare virtual environment at `place`; what went wrong, if something did."""
    venv.create(place, with_pip=True)
    pip = [str(place / "bin/python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-input"]
    command = [*pip, *options, "-r", str(pins)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=INSTALLING, env=_bare()
        )
    except subprocess.TimeoutExpired:
        return Check(
            "installs",
            None,
            f"Could not be tried: pip took longer than {INSTALLING // 60} minutes. Publish again with a quicker network.",
        )
    if not done.returncode:
        return None
    if NO_NETWORK.search(done.stderr):
        return Check("installs", None, f"Could not be tried: pip reaches no network. {AGAIN}")
    missing = MISSING.search(done.stderr)
    which = f"{missing[1]}, which pip cannot find" if missing else "what pip cannot install"
    return Check("installs", False, f"{pins.name} asks for {which}: raise or lower that pin.")


def _predicts(python: Path, folder: Path, environment: dict[str, str], picture: Path, expected: Prediction) -> Check:
    command = [str(python), "-m", "model", "predict", "--model", FORM, "--json", str(picture.absolute())]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        return Check("answers", False, f"It does not answer: {(done.stderr.strip().splitlines() or ['no word'])[-1]}")
    (found,) = json.loads(done.stdout)["results"]
    largest = max(abs(found["probabilities"][label] - share) for label, share in expected.probabilities.items())
    same = found["label"] == expected.label and largest <= LARGEST
    said = f"It answers {found['label']} ({percent(found['probability'])}) where Python here does {expected.label}"
    said += f"; the largest difference of a share is {largest:.4f}."
    return Check("answers", same, said, {"largest_difference": largest})


def serves(
    python: Path, folder: Path, environment: dict[str, str], command: Command, picture: Path
) -> tuple[list[Check], bytes]:
    """The page as its host serves it: opened in a browser, one photo answered, the memory of the whole tree after that."""
    started = time.monotonic()
    with running(python, folder, environment, command) as (process, address):
        try:
            wait_for(process, address)
            seconds = time.monotonic() - started
            if why := why_no_browser():
                return [
                    Check("opens", None, f"Its server answers after {seconds:.1f} s; the page could not be looked at: {why}.")
                ], b""
            headline, phone = upload_to(address, picture.name, picture.read_bytes())
        except AppError as error:
            return [Check("opens", False, f"The page did not work as it should: {error}")], b""
        held = memory_of_tree(process.pid)
    said = f"Opened in Chromium, as wide as a phone; its server answered after {seconds:.1f} s. It says: {headline}"
    return [Check("opens", True, said, {"server_seconds": seconds}), _memory(held, command.most_memory)], phone


def _memory(held: int | None, most: int | None) -> Check:
    if held is None:
        return Check("memory", None, "Could not be measured: this system does not say what a process holds.")
    figures = {"bytes": held, "most": most}
    said = f"Server, kernel and model held {megabytes(held)} after one answer"
    if most is None:
        return Check("memory", True, f"{said}.", figures)
    return Check("memory", held <= most, f"{said}; {megabytes(most)} are granted.", figures)


@contextlib.contextmanager
def running(
    python: Path, folder: Path, environment: dict[str, str], command: Command
) -> Iterator[tuple[subprocess.Popen, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = [argument.format(port=port) for argument in command.arguments]
    process = subprocess.Popen(
        [str(python), *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process, f"http://127.0.0.1:{port}{command.path}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(process: subprocess.Popen, address: str) -> None:
    """Until the server answers at all. Raises AppError."""
    deadline = time.monotonic() + STARTING
    nowhere = re.sub(r"(?<=\d)/.*", "/nothing", address)
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(nowhere, timeout=5).close()
            return
        except urllib.error.HTTPError:  # an answer all the same
            return
        except OSError:
            time.sleep(0.1)
    raise AppError(f"its server did not answer within {STARTING} s" if process.poll() is None else "its server ended by itself")


def environment_of(folder: Path, scratch: Path, command: Command) -> dict[str, str]:
    """What the page's processes get: nothing of this project, and places of their own."""
    own = {
        "HOME": scratch,
        "VOILENS_CACHE": scratch / "cache",
        "VOILENS_RUNTIME": scratch / "run",
        "VOILENS_RUNS": scratch / "runs",
    }
    (scratch / "run").mkdir(mode=0o700)
    named = {
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "VOILENS_IDLE": "5",
        "VOILENS_MODEL": str(folder / FORM),
    }
    programs = {"PATH": f"{scratch / 'environment' / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    return {**_bare(), **programs, **{name: str(place) for name, place in own.items()}, **named, **command.environment}


def _bare() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ISOLATED and not name.startswith("JUPYTER")}
