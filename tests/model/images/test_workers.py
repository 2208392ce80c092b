"""Worker processes that hold, hang, die, lie and take too much; every test starts its own."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError
from pathlib import Path

import psutil
import pytest
import worker_tasks
from processes import picture_workers

from model.core import PROJECT
from model.core.limits import WORKER_MEMORY
from model.errors import BadImage, Busy, TooLarge
from model.images import workers
from model.images.worker import ANSWERED, HEAD, REFUSED
from model.images.workers import Answer, WorkerPool

TASKS = Path(worker_tasks.__file__).parent
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")


@pytest.fixture(autouse=True)
def tasks_are_found(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(TASKS))


@pytest.fixture
def pool():
    """One worker with time enough for a busy machine."""
    with WorkerPool(worker_tasks.behave, workers=1, seconds=60.0) as made:
        yield made


def ended(pid: int) -> bool:
    """Whether the process ends within twenty seconds."""
    for _ in range(400):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def ask(pool: WorkerPool, *request, content: bytes = b""):
    return pool.submit(request, content).result(60)


@pytest.mark.parametrize("content", [b"", b"\0!\n", os.urandom(3_000_000)], ids=["none", "few", "many"])
def test_json_and_bytes_go_there_and_come_back(pool, content):
    assert ask(pool, "echo", "ü", "\udcff", 0.1, None, content=content) == Answer(["ü", "\udcff", 0.1, None], content)


def test_map_keeps_the_order_and_asks_for_few_before_they_are_taken():
    taken = []

    def requests():
        for number in range(40):
            taken.append(number)
            yield "echo", number

    with WorkerPool(worker_tasks.behave, workers=3, seconds=60.0) as pool:
        for place, outcome in enumerate(pool.map(requests(), ahead=5)):
            assert outcome.told == [place]
            assert len(taken) <= place + 5


def test_a_map_that_is_left_early_leaves_nothing_waiting(pool):
    outcomes = pool.map([("echo",), *[("wait", 1.0)] * 30], ahead=31)
    assert next(outcomes).told == []
    outcomes.close()
    started = time.monotonic()
    assert ask(pool, "echo").told == []
    assert time.monotonic() - started < 15  # one of them may have begun


@pytest.mark.parametrize("kind", [BadImage, TooLarge])
def test_a_refusal_is_an_outcome_of_its_kind_and_the_worker_lives_on(pool, kind):
    worker = ask(pool, "who").told
    outcome = ask(pool, "refuse", kind.__name__)
    assert (type(outcome), str(outcome)) == (kind, "This picture is no picture: take another.")
    assert ask(pool, "who").told == worker


def test_a_worker_that_dies_costs_its_own_picture_alone():
    requests = [("die",) if number in (3, 4, 11) else ("echo", number) for number in range(20)]
    with WorkerPool(worker_tasks.behave, workers=2, seconds=60.0) as pool:
        outcomes = list(pool.map(requests))
    assert [number for number, outcome in enumerate(outcomes) if isinstance(outcome, BadImage)] == [3, 4, 11]
    assert all(outcome.told == [number] for number, outcome in enumerate(outcomes) if number not in (3, 4, 11))
    assert "too much memory" in str(outcomes[3])


def test_a_worker_that_was_killed_while_it_waited_costs_nothing(pool):
    worker = psutil.Process(ask(pool, "who").told)
    worker.kill()
    assert ended(worker.pid)
    assert ask(pool, "echo", 1).told == [1]


def test_a_worker_leaves_ctrl_c_to_the_process_that_asks(pool):
    worker = ask(pool, "who").told
    os.kill(worker, signal.SIGINT)
    assert ask(pool, "who").told == worker


def test_a_picture_that_takes_too_long_is_refused_and_its_worker_is_gone():
    with WorkerPool(worker_tasks.behave, workers=1, seconds=2.0) as pool:
        worker = ask(pool, "who").told
        outcome = ask(pool, "wait", 60)
        assert str(outcome).startswith("This picture takes longer than 2 s to open")
        assert ended(worker)
        assert ask(pool, "echo", 1).told == [1]


def test_a_worker_that_takes_nothing_in_is_late_too():
    with WorkerPool(worker_tasks.behave, workers=1, seconds=2.0) as pool:
        psutil.Process(ask(pool, "who").told).suspend()
        assert "takes longer" in str(ask(pool, "echo", content=bytes(5_000_000)))


@linux
def test_a_picture_that_takes_too_much_memory_is_refused_and_the_next_one_works(pool):
    assert ask(pool, "take memory", WORKER_MEMORY // 2).told == WORKER_MEMORY // 2
    outcome = ask(pool, "take memory", WORKER_MEMORY)
    assert (type(outcome), str(outcome)) == (TooLarge, workers.HUNGRY)
    assert ask(pool, "echo", 1).told == [1]


@linux
def test_a_worker_has_the_limits_of_its_pool_and_keeps_blocks_for_the_next_picture():
    with WorkerPool(worker_tasks.behave, workers=1, seconds=60.0, memory=500 << 20) as pool:
        soft, hard, blocks, _ = ask(pool, "limits").told
    assert (soft, hard, blocks) == (500 << 20, 500 << 20, "2")


def test_a_worker_knows_no_pickle(pool):
    *_, modules = ask(pool, "limits").told
    assert not {"pickle", "multiprocessing", "PIL", "numpy"} & set(modules)


class Trap:
    """Unpickled, it leaves a file."""

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return open, (str(self.file), "w")


def test_what_a_worker_that_was_taken_over_sends_is_not_run_and_not_believed(pool, tmp_path):
    trap = pickle.dumps(Trap(tmp_path / "ran"))
    told = b"[" * 200_000
    lies = [
        HEAD.pack(ANSWERED, 0, 0) + trap,
        HEAD.pack(ANSWERED, len(trap), 0) + trap,
        HEAD.pack(ANSWERED, len(told), 0) + told,
        HEAD.pack(ANSWERED, (1 << 32) - 1, 0),
        HEAD.pack(ANSWERED, 2, (1 << 32) - 1) + b"{}",
        HEAD.pack(REFUSED, 18, 0) + b'["eval", "1 + 1;"]',
        HEAD.pack(REFUSED, 22, 0) + b'["eval", "1 + 1;", {}]',
        HEAD.pack(REFUSED, 23, 0) + b'["AppError", "ab!", {}]',
        trap,
    ]
    for lie in lies:
        assert str(ask(pool, "lie", lie.hex())) == workers.HUNGRY
        assert ask(pool, "echo", 1).told == [1]
    assert not (tmp_path / "ran").exists()


def test_what_a_task_prints_is_no_answer(pool):
    assert ask(pool, "print").told == "done"


def test_the_most_urgent_comes_first_and_what_nobody_wants_any_more_never(pool):
    order = []
    holding = pool.submit(("wait", 1.0))
    while not holding.running():
        time.sleep(0.01)
    futures = [
        pool.submit(("echo", name), urgency=urgency, wanted=wanted, then=lambda outcome: order.append(outcome.told[0]))
        for name, urgency, wanted in [
            ("later", 2, lambda: True),
            ("soon", 1, lambda: True),
            ("unwanted", 0, lambda: False),
            ("soon too", 1, lambda: True),
            ("now", 0, lambda: True),
        ]
    ]
    assert [future.result(60) for future in futures] == [None] * 5
    assert order == ["now", "soon", "soon too", "later"]


def test_an_error_of_what_is_made_of_an_outcome_reaches_who_asked(pool):
    with pytest.raises(ZeroDivisionError):
        pool.submit(("echo",), then=lambda outcome: 1 / 0).result(60)
    assert ask(pool, "echo", 1).told == [1]


def test_what_was_cancelled_while_it_waited_is_not_done(pool):
    pool.submit(("wait", 0.5))
    cancelled, after = pool.submit(("die",)), pool.submit(("echo", 1))
    assert cancelled.cancel()
    assert after.result(60).told == [1]


def test_closing_leaves_no_process_and_cancels_what_waits():
    before = set(picture_workers())
    pool = WorkerPool(worker_tasks.behave, workers=3, seconds=60.0)
    ask(pool, "echo")
    busy = [pool.submit(("wait", 60)) for _ in range(3)]
    waiting = [pool.submit(("echo", number)) for number in range(5)]
    started = time.monotonic()
    pool.close()
    assert time.monotonic() - started < 10
    assert set(picture_workers()) == before
    assert all(future.done() for future in busy)
    late = pool.submit(("echo",))
    for future in [*waiting, late]:
        with pytest.raises(CancelledError):
            future.result(10)
    pool.close()
    assert not [thread for thread in threading.enumerate() if thread in pool._threads]


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.1])
def test_closing_while_the_workers_start_leaves_no_process(delay):
    before = set(picture_workers())
    pool = WorkerPool(worker_tasks.behave, workers=3)
    time.sleep(delay)
    pool.close()
    assert set(picture_workers()) == before


def test_a_worker_without_work_ends_and_another_one_comes_when_it_is_needed():
    with WorkerPool(worker_tasks.behave, workers=1, seconds=60.0, idle=0.5) as pool:
        first = ask(pool, "who").told
        assert ended(first)
        assert ask(pool, "who").told != first


def test_where_no_process_can_be_started_the_answer_is_busy(monkeypatch):
    monkeypatch.setattr(workers.sys, "executable", "/nowhere/python")
    with WorkerPool(worker_tasks.behave, workers=1) as pool:
        assert isinstance(ask(pool, "echo"), Busy)
        with pytest.raises(Busy, match="no room"):
            list(pool.map([("echo",)]))


@pytest.mark.parametrize("doing", [["echo"], ["wait", 600]], ids=["nothing", "a picture that never opens"])
def test_workers_end_when_the_process_that_asked_is_killed(doing):
    script = (
        "import json, sys, time, worker_tasks; from model.images.workers import WorkerPool\n"
        "pool = WorkerPool(worker_tasks.behave, 1, 1.0)\n"
        "print(pool.submit(['who']).result().told, flush=True)\n"
        "pool.submit(json.loads(sys.argv[1])); time.sleep(0.3)\n"
        "print('asked', flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "PYTHONPATH": f"{TASKS}{os.pathsep}{PROJECT}"}
    command = [sys.executable, "-c", script, json.dumps(doing)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as parent:
        worker = int(parent.stdout.readline())
        assert parent.stdout.readline() == b"asked\n"
        parent.kill()
        assert ended(worker)
