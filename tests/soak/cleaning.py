"""The cleaner's journal: disks that fail, programs that are killed, people who work at the same time."""

from __future__ import annotations

import errno
import functools
import os
import random
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

import pytest
from children import CALLS, KILLED, forked, killed_at
from folders import FAST, failing_at, fill
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from marked_folder import FILES, Work, apply, is_whole, marked, undo
from random_work import RandomWork
from rows import Row

from model.errors import AppError
from model.journal import Journal

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def faults(wanted: int) -> Row:
    """The program dies before a change of the disk, or the disk refuses it: all is as before, or all is done."""
    done = lost = 0
    for seed in count():
        for whole in _faults_of(seed):
            done, lost = done + 1, lost + (not whole)
            if done == wanted:
                figure = "kills and refusals of the disk put into applying and undoing"
                return Row(figure, "nothing lost", f"{done}, {lost} with a loss", not lost)
    raise AssertionError


def _faults_of(seed: int) -> Iterator[bool]:
    """For each instant at which one folder's work can be hit: whether all was there afterwards."""
    for work in (apply, undo):
        for instant in count():
            ended, whole = _hit(seed, work, lambda root, work=work, instant=instant: killed_at(instant, lambda: work(root)))
            if ended != KILLED:
                break
            yield whole
        for call in CALLS:
            for number in count(1):
                refused = functools.partial(_refused, work=work, call=call, number=number)
                ended, whole = _hit(seed, work, lambda root, refused=refused: forked(lambda: refused(root)))
                if ended != KILLED:
                    break
                yield whole


def _hit(seed: int, work: Work, hit) -> tuple[int, bool]:
    with tempfile.TemporaryDirectory(prefix="vl", dir=FAST) as name:
        return hit(marked(Path(name), seed, work)), is_whole(Path(name))


def _refused(root: Path, work: Work, call: str, number: int) -> None:
    """In a child: the disk is full at the `number`-th call. Ends as KILLED where the work could not do without that one."""
    with pytest.MonkeyPatch.context() as patch:
        failing_at(patch, call, number, FULL)
        try:
            work(root)
        except (OSError, AppError):
            os._exit(KILLED)


def random_work(sequences: int) -> Row:
    """Marks, undo, redo, apply, undo of applies, meddling and kills in any order, in two journals, beside a model of them."""
    health = list(HealthCheck)
    quiet = settings(deadline=None, database=None, stateful_step_count=25, suppress_health_check=health, max_examples=sequences)
    run_state_machine_as_test(RandomWork, settings=quiet)  # raises where one differs
    figure = "random sequences of marks, undo, redo, apply and kills"
    return Row(figure, "as the model says", f"{sequences} of {sequences}", True)


def two_at_once(times: int) -> Row:
    """Two programs mark, apply and undo in the same folder at the same time."""
    whole = 0
    for number in range(times):
        with tempfile.TemporaryDirectory(prefix="vl", dir=FAST) as name, ThreadPoolExecutor(2) as both:
            root = fill(Path(name), *FILES)
            ended = [
                *both.map(lambda seed, root=root: forked(lambda: _work_at_random(root, seed)), (2 * number, 2 * number + 1))
            ]
            whole += ended == [0, 0] and is_whole(root)
    return Row("two programs at work in one folder", "nothing lost", f"{whole} of {times}", whole == times)


def _work_at_random(root: Path, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(12):
        with suppress(AppError), closing(Journal(root)) as journal:  # the other one was there before
            step = rng.randrange(4)
            if step < 2:
                action, label = rng.choice((("relabel", "owl"), ("relabel", "dog"), ("delete", None)))
                journal.mark(rng.sample(FILES, 3), action, label)
            elif step == 2:
                journal.apply()
            else:
                journal.undo_apply()
