"""Trainings named, deleted, brought back. Knows runs and the table of trainings, no figures."""

from __future__ import annotations

from collections.abc import Callable

from model import jobs
from model.core import number_of
from model.errors import AppError, BadUsage
from model.jobs import Run
from widgets.measure import page_model
from widgets.measure.run_history import RunHistory
from widgets.shared import Project


class Keeping:
    """Does what the person asks of a row in the `history`; `on_change()` hears that a name or a place has changed."""

    def __init__(self, history: RunHistory, project: Project, on_change: Callable[[], None]):
        self._history, self._project, self._on_change = history, project, on_change
        history.on_rename(lambda folder, name: self._do(lambda: self._rename(jobs.find(folder), name)))
        history.on_delete(lambda folder: self._do(lambda: self._delete(jobs.find(folder))))
        history.on_restore(lambda folder: self._do(lambda: self._restore(jobs.find(folder))))
        history.on_empty(lambda: self._do(self._empty))

    def _do(self, work: Callable[[], str]) -> None:
        """Do it and say what was done; what cannot be done is a sentence."""
        try:
            said = work()
        except AppError as error:
            said = str(error)
        self._on_change()
        self._history.notice = said

    def _rename(self, run: Run, name: str) -> str:
        run.rename(name)
        return f"It is called “{run.name}” now." if run.name else "It has no name any more."

    def _delete(self, run: Run) -> str:
        """Into the trash, from where it can be brought back. Raises BadUsage for the model that the page answers with."""
        if page_model.serves_from(run.folder, self._project.export):
            raise BadUsage("The page answers with the model of this training: use another one first, then delete this.")
        jobs.discard(run)
        return "It was moved to the deleted trainings below, from where it can be brought back."

    def _restore(self, run: Run) -> str:
        jobs.bring_back(run)
        return "It is back."

    def _empty(self) -> str:
        return f"{number_of(jobs.empty_trash(), 'training')} deleted for good."
