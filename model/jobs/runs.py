"""Long work as a process of its own whose events are kept in a run folder, so that a reload of a page loses nothing.

`start` runs a command of `python -m model`, `begin` makes a run of the one that runs already; whoever holds the folder
follows it. Inside that command a `Recorder` (model.jobs.recorder) writes. Knows folders and processes, not what the work is.
Standard library only.

A run folder holds `run.json` (what was started, by which process), `events.jsonl` (one event a line; the last is done,
failed or stopped), `output.txt`, `name.txt` where a person has named it, once somebody asked for it `stop`, and what the
work itself leaves there.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from model.core import PROJECT, unique_path, write_atomically
from model.errors import BadUsage
from model.jobs.types import Event

State = Literal["running", "done", "failed", "stopped", "died"]
EVENTS, ABOUT, STOP, OUTPUT, NAME = "events.jsonl", "run.json", "stop", "output.txt", "name.txt"
LONGEST_NAME = 60  # letters
ENDINGS: dict[str, State] = {"done": "done", "failed": "failed", "stopped": "stopped"}
LATEST = 50  # events that tell how far a run is
DIED = "It ended without a word: the machine was restarted, or there was too little memory. Start it again."

_children: list[subprocess.Popen] = []  # so that those that ended are reaped, not left as zombies


def runs_folder() -> Path:
    """The folder of all runs: `VOILENS_RUNS`, else `runs` in the project."""
    return Path(os.environ.get("VOILENS_RUNS") or PROJECT / "runs")


def new_folder(kind: str) -> Path:
    """Make the folder of a new run, named after the time and its kind. Raises BadUsage where none can be made."""
    started = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    try:
        return unique_path(runs_folder() / f"{started}-{kind}", lambda folder: folder.mkdir(parents=True))
    except OSError as error:
        remedy = "make it writable, or set VOILENS_RUNS"
        raise BadUsage(f"Cannot keep runs in {runs_folder()} ({error.strerror}): {remedy}.") from error


def start(kind: str, arguments: Sequence[str], folder: Path | None = None) -> Run:
    """Run `python -m model KIND ARGUMENTS --run FOLDER` in a process that outlives this one."""
    folder = folder or new_folder(kind)
    command = [sys.executable, "-m", "model", kind, *arguments, "--run", str(folder)]
    with (folder / OUTPUT).open("wb") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    _children[:] = [child for child in _children if child.poll() is None] + [process]
    _describe(folder, kind, arguments, process.pid)
    return Run(folder)


def begin(kind: str, arguments: Sequence[str]) -> Path:
    """Make this very process a run, for a `Recorder` to write its events; give its folder. Raises BadUsage.

    `arguments` are those that `start` would be given for the same work.
    """
    folder = new_folder(kind)
    _describe(folder, kind, arguments, os.getpid())
    return folder


def _describe(folder: Path, kind: str, arguments: Sequence[str], pid: int) -> None:
    about = {"kind": kind, "arguments": list(arguments), "pid": pid, "begun": _start_time_of(pid)}
    about["started"] = datetime.now().isoformat(timespec="microseconds")
    write_atomically(folder / ABOUT, json.dumps(about))


def find(folder: Path | str) -> Run:
    """The run in `folder`. Raises BadUsage when there is none."""
    if not (Path(folder) / ABOUT).is_file():
        raise BadUsage(f"There is no run in {folder}.")
    return Run(Path(folder))


def list_runs(kind: str | None = None) -> list[Run]:
    """Every run, or those of one kind, newest first."""
    with contextlib.suppress(OSError):
        found = [Run(folder) for folder in runs_folder().iterdir() if (folder / ABOUT).is_file()]
        return sorted((run for run in found if kind in (None, run.kind)), key=lambda run: run.started, reverse=True)
    return []


def begun_since(known: set[str]) -> list[Run]:
    """The runs whose folders are not among the `known` names, to which they are added: those alone are read."""
    found: list[Run] = []
    with contextlib.suppress(OSError):
        for name in sorted(set(os.listdir(runs_folder())) - known):
            if (runs_folder() / name / ABOUT).is_file():  # one that is just being started has none yet
                known.add(name)
                found.append(Run(runs_folder() / name))
    return found


def latest(kind: str | None = None) -> Run | None:
    """The newest run, or the newest of one kind."""
    return next(iter(list_runs(kind)), None)


class Run:
    """One run, followed from outside through its folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        self.kind: str = self._about["kind"]
        self.arguments: list[str] = self._about["arguments"]
        self.started: str = self._about["started"]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and other.folder == self.folder

    def __hash__(self) -> int:
        return hash(self.folder)

    def option(self, name: str) -> str | None:
        """What was given for an option of the run's command, such as "--preset"; None where it was not given."""
        given = self.arguments
        return given[given.index(name) + 1] if name in given[:-1] else None

    @property
    def name(self) -> str:
        """What a person calls it; "" where nobody has named it."""
        with contextlib.suppress(OSError):
            return (self.folder / NAME).read_text(encoding="utf-8")
        return ""

    def rename(self, name: str) -> None:
        """Call it so, in one line of LONGEST_NAME letters at most; "" takes its name away. Raises BadUsage."""
        name = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())[:LONGEST_NAME].strip()
        try:
            if name:
                write_atomically(self.folder / NAME, name)
            else:
                (self.folder / NAME).unlink(missing_ok=True)
        except OSError as error:
            raise BadUsage(f"The name cannot be kept in {self.folder} ({error.strerror}): make it writable.") from error

    def events(self, since: int = 0) -> list[Event]:
        """The events from number `since` on; a line that is still being written is not one yet."""
        try:
            lines = (self.folder / EVENTS).read_text(encoding="utf-8").split("\n")[:-1]
        except OSError:
            return []
        return [json.loads(line) for line in lines[since:]]

    @property
    def state(self) -> State:
        """running until the last event says otherwise, or until the process is no more."""
        alive = self._alive()  # asked first: what it wrote before its end is then there
        ending = self._ending()
        if ending:
            return ENDINGS[ending["event"]]
        return "running" if alive else "died"

    @property
    def result(self) -> dict[str, Any] | None:
        """What the work gave, once it is done or was stopped with something to show."""
        return (self._ending() or {}).get("result")

    @property
    def sentence(self) -> str:
        """Why it failed, for people; empty otherwise."""
        ending = self._ending()
        return ending.get("sentence", "") if ending else self._last_word() if self.state == "died" else ""

    @property
    def alive(self) -> bool:
        """Whether its process is still there, whatever its events say."""
        return self._alive()

    def stop(self) -> None:
        """Ask the work to stop; it ends in its own time, with the best it has."""
        (self.folder / STOP).touch()

    def _last_word(self) -> str:
        """What a process said that ended before its work began, as for wrong options; DIED where it said nothing."""
        with contextlib.suppress(OSError):
            lines = (self.folder / OUTPUT).read_text(encoding="utf-8", errors="replace").strip().splitlines()
            if lines and not (self.folder / EVENTS).exists():
                return f"It could not start: {lines[-1].rpartition(' error: ')[2]}"
        return DIED

    def latest_events(self) -> list[Event]:
        """The last few events, in their order: however long a run is, the end of its file alone is read."""
        return [json.loads(line) for line in self._last_lines()[-LATEST:]]

    def _ending(self) -> Event | None:
        """The last event where it is an ending."""
        event = json.loads(next(iter(self._last_lines()[-1:]), b"{}"))
        return event if event.get("event") in ENDINGS else None

    def _last_lines(self) -> list[bytes]:
        """The last whole lines of the events, one at least where there is one."""
        try:
            with (self.folder / EVENTS).open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                step = 1 << 16
                while True:
                    file.seek(max(0, size - step))
                    lines = file.read().split(b"\n")
                    if len(lines) > 2 or step >= size:
                        break
                    step *= 16
        except OSError:
            return []
        return lines[1 if step < size else 0 : -1]  # the first may lack its beginning, the last its end

    def _alive(self) -> bool:
        for child in _children:
            child.poll()
        pid = self._about["pid"]
        return _start_time_of(pid) == self._about["begun"] if self._about["begun"] else _exists(pid)


def _start_time_of(pid: int) -> str:
    """When a process began, as its system writes it, so that another with the same number is not taken for it; "" unknown."""
    with contextlib.suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] == "Z" else fields[19]
    return ""


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
