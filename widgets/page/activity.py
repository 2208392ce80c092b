"""What goes on, on one line that every part of the page has above it, and in the tab's title: how far, how long, how it ended.

Knows runs and their results, no part: whoever joins the parts hears which one a person wants to see.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import ipywidgets as ipw
import traitlets as t

from model import jobs
from model.core import number_of, percent
from model.data import DIGITS
from model.jobs import Run, State
from widgets.shared import WORDS, BrowserWidget, RunWatcher, progress_of, script

MOST_LETTERS = 200  # of a sentence that a run ends with


class _Work(NamedTuple):
    """A kind of run: what it is called, while it goes on and at its end; `tells` says whether its end is told here."""

    going_on: str
    ended: str
    short: str
    tells: bool = True


KINDS = {
    "train": _Work("Training on {folder}", "The training on {folder}", "training"),
    "score": _Work("Looking for doubtful pictures in {folder}", "The search in {folder}", "looking"),
    "evaluate": _Work("Measuring the model on {folder}", "The measurement on {folder}", "measuring", tells=False),
    "publish": _Work("Making {folder}", "Making {folder}", "publishing"),
    "baselines": _Work("Measuring simple methods on {folder}", "The measurement on {folder}", "measuring", tells=False),
}
ENDS = {"stopped": "was stopped", "failed": "could not go on", "died": "broke off"}


class Activity(BrowserWidget):
    """`rows` are what goes on and what has ended, the newest first, until a person puts an end away."""

    _esm = script("page/activity")

    rows = t.List(t.Dict(), help="see _row").tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._go_handlers, self._end_handlers = ipw.CallbackDispatcher(), ipw.CallbackDispatcher()
        self._runs: dict[str, Run] = {}
        self._watcher = RunWatcher(KINDS, self._on_look)
        self.on_msg(self._on_browser_message)

    def on_go(self, handler: Callable[[Run], None]) -> None:
        """Call `handler(run)` when a person wants to see what goes on, or what came of it."""
        self._go_handlers.register_callback(handler)

    def on_end(self, handler: Callable[[Run], None]) -> None:
        """Call `handler(run)` when a run has ended that went on while this looked."""
        self._end_handlers.register_callback(handler)

    def look(self) -> None:
        """Look now at what goes on, as is done by itself once a browser shows this."""
        self._watcher.look()

    def close(self) -> None:
        self._watcher.leave()
        super().close()

    def _on_look(self, found: list[tuple[Run, State]]) -> None:
        rows = {row["run"]: row for row in self.rows}
        for run, state in found:
            key = run.folder.name
            if state == "running" or KINDS[run.kind].tells:
                self._runs[key] = run
                rows[key] = _row(run, state)
            else:
                rows.pop(key, None)
        self.rows = sorted(rows.values(), key=lambda row: row["run"], reverse=True)
        for run, state in found:
            if state != "running":
                self._end_handlers(run)

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        kind, key = message.get("type"), message.get("run")
        if kind == "shown":
            self._watcher.watch()
        elif kind == "go" and isinstance(key, str) and key in self._runs:
            self._go_handlers(self._runs[key])
            self._put_away(key)
        elif kind == "close":
            self._put_away(key)

    def _put_away(self, key: Any) -> None:
        """What has ended and was seen goes; what goes on stays."""
        self.rows = [row for row in self.rows if row["run"] != key or row["state"] == "running"]


def _row(run: Run, state: State) -> dict[str, Any]:
    """One line: {run, kind, state, text, status, left, share, short, action}; `share` is -1 where nobody knows it."""
    work, folder = KINDS[run.kind], _folder_name(run)
    row = {
        "run": run.folder.name,
        "kind": run.kind,
        "state": state,
        "share": -1.0,
        "status": "",
        "left": "",
        "short": work.short,
    }
    if state == "running":
        text, now = work.going_on.format(folder=folder), progress_of(run.latest_events())
        if (run.folder / jobs.STOP).exists() and (now is None or now.stoppable):
            return {**row, "text": text, "status": "stopping", "action": "Look at it"}
        if now is not None:
            status = ", ".join(filter(None, [now.phase, now.left]))
            row |= {"share": round(now.share, 3), "status": status[:1].lower() + status[1:]}
            row["left"] = now.left.removeprefix("about ")
        return {**row, "text": text, "action": "Look at it"}
    name, result = work.ended.format(folder=folder), run.result
    if state == "done" or (state == "stopped" and result):
        return {**row, "text": _good_end(run.kind, name, folder, state, result or {}), "action": _next_step(run.kind)}
    return {
        **row,
        "text": f"{name} {ENDS.get(state, 'has ended')}. {run.sentence}"[:MOST_LETTERS].strip(),
        "action": "Look at it",
    }


def _good_end(kind: str, name: str, folder: str, state: State, result: dict[str, Any]) -> str:
    how = "is done" if state == "done" else "was stopped, the best so far is kept"
    if kind == "train" and "accuracy" in result:
        return f"{name} {how}: {percent(result['accuracy'])} of {result['valid_count']:,} validation pictures are right."
    if kind == "score" and "doubtful" in result:
        found = number_of(result["doubtful"], "label") if result["doubtful"] else "no label"
        return f"{name} {how}: {found} of {number_of(result['items'], 'picture')} stood out. Others may be wrong, too."
    if kind == "publish" and "proof" in result:
        return f"{name} {how}{'' if result['proof']['passed'] else ', and something is wrong with it'}."
    return f"{name} {how}."


def _next_step(kind: str) -> str:
    return {"train": "See how good it is", "score": "Look at them", "publish": "See the proof"}.get(kind, "Look at it")


def _folder_name(run: Run) -> str:
    """What a run works on, or makes."""
    data = run.arguments[0] if run.arguments else ""
    if run.kind == "publish":
        return str(WORDS["made"].get(data, data))
    return "the built-in digits" if data == DIGITS else f"“{Path(data).name}”"
