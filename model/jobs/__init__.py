"""Long work in a process of its own, followed through a folder of events. Does not know what the work is.

types     `Event`, `Report`, `Stopping`: how work reports its progress and learns that it must stop
runs      a run: its folder, start, find, list, latest, its state and result
trash     runs that a person has deleted, and may bring back
recorder  `Recorder`: inside the work, writes its events
companion `Companion`: a process that answers questions as long as its owner wants
progress  a bar of progress on a terminal
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.jobs.companion import Companion, answer_questions
    from model.jobs.recorder import Recorder
    from model.jobs.runs import STOP, Run, State, begin, begun_since, find, latest, list_runs, runs_folder, start
    from model.jobs.trash import bring_back, discard, discarded, empty_trash, size_of
    from model.jobs.types import Event, Report, Stopping

__all__ = [
    "STOP",
    "Companion",
    "Event",
    "Recorder",
    "Report",
    "Run",
    "State",
    "Stopping",
    "answer_questions",
    "begin",
    "begun_since",
    "bring_back",
    "discard",
    "discarded",
    "empty_trash",
    "find",
    "latest",
    "list_runs",
    "runs_folder",
    "size_of",
    "start",
]
__getattr__ = on_first_use(__name__)
