"""The page's memory: which folder and run were open, and which folders lately, so that a reload finds them. Knows no widget.

A small file among the runs, of the owner's page alone: a public page remembers nothing.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from model import jobs
from model.core import locked, write_atomically
from model.data import DIGITS
from model.errors import BadUsage
from widgets.shared import Project, trained_on

FILE, LOCK = "page.json", ".page.lock"
MOST_RECENT = 8
_log = logging.getLogger("voilens")


class Memory:
    """Keeps what `project` has open, and opens it again in the next kernel.

    What the page was started with comes first, unless this server's page has opened something else since.
    """

    def __init__(self, project: Project):
        self._project = project
        self._given = [os.getppid(), project.data]  # the server that started this kernel, and the folder that it was given
        self._busy = self._seen = False
        self._restored = self._open()
        self._restore()
        project.observe(self._on_project_change, ["data", "labels", "run"])

    def on_seen(self) -> None:
        """Somebody looks at the page: what was opened since its kernel was made ready is opened now."""
        if self._seen:
            return
        self._seen = True
        if self._open() == self._restored:
            self._restore()
        if self._project.data:
            self._keep()

    def _open(self) -> tuple[str, str, str]:
        return self._project.data, self._project.labels, self._project.run

    def _restore(self) -> None:
        project, kept = self._project, _read()
        self._busy = True
        try:
            project.recents = kept["recents"]
            if not self._given[1] or kept["given"] == self._given:
                if _is_there(kept["data"]):
                    project.choose(kept["data"], kept["labels"])
                elif not project.data:
                    project.choose(*_trained_last())
            elif not project.labels:
                project.labels = next((one["labels"] for one in kept["recents"] if one["data"] == project.data), "")
            if kept["run"] and not _trained_since(kept["run"], kept["run_at"]):
                project.run = kept["run"]
        finally:
            self._busy = False
        self._restored = self._open()

    def _on_project_change(self, change: Any) -> None:
        if not self._busy:
            self._keep(run_changed=change["name"] == "run")

    def _keep(self, run_changed: bool = False) -> None:
        """Write down what is open; where it cannot be written, the page goes on without."""
        data, labels, run = self._open()
        folder = jobs.runs_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with locked(folder / LOCK, patience=1):
                kept = _read()
                now = datetime.now().isoformat(timespec="microseconds")
                at = now if run_changed else kept["run_at"] if kept["run"] == run else ""
                newest = [{"data": data, "labels": labels}] if data else []
                recents = [*newest, *(one for one in kept["recents"] if one["data"] != data)][:MOST_RECENT]
                kept = {"given": self._given, "data": data, "labels": labels, "run": run, "run_at": at, "recents": recents}
                write_atomically(folder / FILE, json.dumps(kept))
        except (OSError, UnicodeError):
            _log.info("the page could not write down what is open", exc_info=True)
            return
        self._project.recents = recents


def _read() -> dict[str, Any]:
    """What was written down; of what does not look like it, nothing."""
    try:
        found = json.loads((jobs.runs_folder() / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = {}
    found = found if isinstance(found, dict) else {}
    texts = {name: found.get(name) if isinstance(found.get(name), str) else "" for name in ("data", "labels", "run", "run_at")}
    recents = found.get("recents")
    return {
        **texts,
        "given": found.get("given"),
        "recents": [
            {"data": one["data"], "labels": one["labels"]}
            for one in (recents if isinstance(recents, list) else [])
            if isinstance(one, dict) and isinstance(one.get("data"), str) and isinstance(one.get("labels"), str)
        ],
    }


def _is_there(data: str) -> bool:
    return data == DIGITS or (bool(data) and Path(data).is_dir())


def _trained_last() -> tuple[str, str]:
    """The pictures of the newest training and their labels, empty where there is none."""
    newest = jobs.latest("train")
    if newest is None or not _is_there(newest.arguments[0]):
        return "", ""
    return trained_on(newest)


def _trained_since(run: str, at: str) -> bool:
    """Whether a training was started after this run was last looked at, or the run is no more."""
    try:
        jobs.find(run)
    except BadUsage:
        return True
    newest = jobs.latest("train")
    return newest is not None and newest.started > at
