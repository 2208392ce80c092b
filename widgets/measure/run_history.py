"""The trainings so far, as a table: see one, compare two, see which one the page uses. Knows runs, no model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model import jobs
from model.artifacts import registry
from model.core import duration, percent_interval, short_time
from model.jobs import Run
from widgets.shared import BrowserWidget, script

MOST = 30
STATES = ("idle", "comparing", "compared", "failed")


class RunHistory(BrowserWidget):
    """`rows` are the trainings, newest first; `chosen` marks the one that is shown above."""

    _esm = script("measure/run_history")

    rows = t.List(t.Dict()).tag(sync=True)
    state = t.Enum(STATES, default_value="idle", help="of the comparison").tag(sync=True)
    comparison = t.Dict(help="{kind: good, unsure or bad, sentence}").tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._show_handlers = ipw.CallbackDispatcher()
        self._compare_handlers = ipw.CallbackDispatcher()
        self.on_msg(self._on_browser_message)

    def on_show(self, handler: Callable[[str], None]) -> None:
        """Call `handler(folder)` when the person wants to see a run."""
        self._show_handlers.register_callback(handler)

    def on_compare(self, handler: Callable[[str, str], None]) -> None:
        """Call `handler(newer, older)` with the folders of two runs to compare."""
        self._compare_handlers.register_callback(handler)

    def show(self, chosen: str, model: str) -> None:
        """Read the runs again; `chosen` is the folder of the one that is shown, `model` the page's export."""
        self.rows = [_row(run, chosen, Path(model)) for run in jobs.list_runs("train")[:MOST]]

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        known = [row["folder"] for row in self.rows if row["usable"]]
        wanted = message.get("folders")
        if not isinstance(wanted, list) or not set(map(str, wanted)) <= set(known):
            return
        if message.get("type") == "show" and len(wanted) == 1:
            self._show_handlers(wanted[0])
        elif message.get("type") == "compare" and len(set(wanted)) == 2:
            newer, older = sorted(wanted, key=known.index)
            self._compare_handlers(newer, older)


def _row(run: Run, chosen: str, model: Path) -> dict[str, Any]:
    result, export = run.result or {}, run.folder / registry.EXPORT
    usable = bool(result.get("interval")) and export.is_file()
    return {
        "folder": str(run.folder),
        "time": short_time(run.started),
        "data": Path(run.arguments[0]).name,
        "preset": run.option("--preset") or "",
        "accuracy": percent_interval(result["accuracy"], result["interval"]) if usable else "",
        "seconds": duration(result["seconds"]) if usable else "",
        "state": run.state,
        "usable": usable,
        "chosen": str(run.folder) == chosen,
        "used": usable and registry.is_promoted(export, model),
    }
