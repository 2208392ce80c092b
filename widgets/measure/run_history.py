"""The trainings so far, as a table: see one, compare two, see which one the page uses. Knows runs, no model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model import jobs
from model.artifacts import EXPORT
from model.core import duration, percent_interval, short_time
from model.jobs import Run
from widgets.measure import page_model
from widgets.shared import BrowserWidget, script

MOST = 30
UNITS = 1_000_000  # bytes of a megabyte
STATES = ("idle", "comparing", "compared", "failed")


class RunHistory(BrowserWidget):
    """`rows` are the trainings, newest first; `chosen` marks the one that is shown above."""

    _esm = script("measure/run_history")

    rows = t.List(t.Dict()).tag(sync=True)
    state = t.Enum(STATES, default_value="idle", help="of the comparison").tag(sync=True)
    comparison = t.Dict(help="{kind: good, unsure or bad, sentence, about, folders}: of which two, on which pictures").tag(
        sync=True
    )

    trash = t.List(t.Dict(), help="the deleted ones: {folder, title}").tag(sync=True)
    trash_size = t.Unicode("", help="what they take on the disk").tag(sync=True)
    notice = t.Unicode("", help="what came of naming or deleting").tag(sync=True)
    _events = ("show", "compare", "rename", "delete", "restore", "empty")

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._handlers = {name: ipw.CallbackDispatcher() for name in self._events}
        self.on_msg(self._on_browser_message)

    def on_show(self, handler: Callable[[str], None]) -> None:
        """Call `handler(folder)` when the person wants to see a run."""
        self._handlers["show"].register_callback(handler)

    def on_compare(self, handler: Callable[[str, str], None]) -> None:
        """Call `handler(newer, older)` with the folders of two runs to compare."""
        self._handlers["compare"].register_callback(handler)

    def on_rename(self, handler: Callable[[str, str], None]) -> None:
        """Call `handler(folder, name)` when a run is to be called so, "" by no name."""
        self._handlers["rename"].register_callback(handler)

    def on_delete(self, handler: Callable[[str], None]) -> None:
        """Call `handler(folder)` when a run is to be deleted."""
        self._handlers["delete"].register_callback(handler)

    def on_restore(self, handler: Callable[[str], None]) -> None:
        """Call `handler(folder)` when a deleted run is to be brought back."""
        self._handlers["restore"].register_callback(handler)

    def on_empty(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when the deleted runs are to be removed for good, which the person was asked about."""
        self._handlers["empty"].register_callback(handler)

    def show(self, chosen: str, used: Path) -> None:
        """Read the runs again; `chosen` is the folder of the one that is shown, `used` the page's export."""
        self.rows = [_row(run, chosen, used) for run in jobs.list_runs("train")[:MOST]]
        if not set(self.comparison.get("folders", [])) <= {row["folder"] for row in self.rows}:  # one of the two was deleted
            self.comparison, self.state = {}, "idle"
        deleted = jobs.discarded()
        self.trash = [{"folder": str(run.folder), "title": _title(run)} for run in deleted]
        self.trash_size = f"{sum(map(jobs.size_of, deleted)) / UNITS:,.0f} MB" if deleted else ""

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        kind, wanted = message.get("type"), message.get("folders")
        rows = self.trash if kind == "restore" else [row for row in self.rows if kind in ("rename", "delete") or row["usable"]]
        known = [row["folder"] for row in rows]
        if kind == "empty":
            return self._handlers["empty"]()
        if not isinstance(wanted, list) or not set(map(str, wanted)) <= set(known):
            return
        if kind == "compare" and len(set(wanted)) == 2:
            newer, older = sorted(wanted, key=known.index)
            self._handlers["compare"](newer, older)
        elif kind == "rename" and len(wanted) == 1 and isinstance(message.get("name"), str):
            self._handlers["rename"](wanted[0], message["name"])
        elif kind in ("show", "delete", "restore") and len(wanted) == 1:
            self._handlers[kind](wanted[0])


def _title(run: Run) -> str:
    """What a run is called where it stands alone."""
    name = f"“{run.name}”, " if run.name else ""
    return f"{name}{Path(run.arguments[0]).name}, {short_time(run.started)}"


def _row(run: Run, chosen: str, used: Path) -> dict[str, Any]:
    result, export = run.result or {}, run.folder / EXPORT
    usable = bool(result.get("interval")) and export.is_file()
    return {
        "folder": str(run.folder),
        "name": run.name,
        "time": short_time(run.started),
        "data": Path(run.arguments[0]).name,
        "preset": run.option("--preset") or "",
        "accuracy": percent_interval(result["accuracy"], result["interval"]) if usable else "",
        "seconds": duration(result["seconds"]) if usable else "",
        "state": run.state,
        "usable": usable,
        "chosen": str(run.folder) == chosen,
        "used": usable and page_model.is_used(export, used),
    }
