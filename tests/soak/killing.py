"""The model process killed at random moments while it answers."""

from __future__ import annotations

import random
import shutil
import tempfile
import threading
import time
from pathlib import Path

import pytest
import rows
from processes import end_model_processes, model_processes
from rows import Row
from served_page import end, known_photos

from model.client import connect
from model.errors import AppError

ASKING = 4  # at the same time
ANSWERED, BACK = 5.0, 10.0  # seconds


def kills(times: int) -> Row:
    """Every photo is answered rightly, or its visitor told, in time, and the process is back in time."""
    photos, rng = known_photos(), random.Random(0)
    counts = {"right": 0, "told": 0, "wrong": 0}
    slowest, back, over = [0.0], 0.0, threading.Event()

    def ask(first: int) -> None:
        client, number = connect(), first
        while not over.is_set():
            photo = photos[number % len(photos)]
            heard: list[float] = []
            started = time.monotonic()
            try:
                answer = client.classify(photo.content, waiting=lambda sentence, heard=heard: heard.append(time.monotonic()))
                right = photo.is_answered_by({"prediction": {"probabilities": answer.probabilities}})
                counts["right" if right else "wrong"] += 1
            except AppError:
                counts["told"] += 1
            slowest[0] = max(slowest[0], (heard or [time.monotonic()])[0] - started)
            number += 1

    runtime = Path(tempfile.mkdtemp(prefix="vl"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOILENS_RUNTIME", str(runtime))
        patch.delenv("VOILENS_URL", raising=False)
        connect().ready()
        asking = [threading.Thread(target=ask, args=(number,)) for number in range(ASKING)]
        for thread in asking:
            thread.start()
        for _ in range(times):
            time.sleep(rng.random() * 1.5)
            for process in model_processes(runtime):
                end(process)
            killed = time.monotonic()
            connect().classify(photos[0].content)
            back = max(back, time.monotonic() - killed)
        over.set()
        for thread in asking:
            thread.join()
        end_model_processes(runtime)
    shutil.rmtree(runtime, ignore_errors=True)
    measured = (
        f"{counts['right']} right, {counts['told']} told, {counts['wrong']} wrong; "
        f"answered or told after {slowest[0]:.1f} s at most, back after {back:.1f} s at most"
    )
    held = not counts["wrong"] and slowest[0] <= rows.patience * ANSWERED and back <= rows.patience * BACK
    return Row(
        f"the model process killed {times} times under load",
        "none wrong; answered or told in 5 s, back in 10 s",
        measured,
        held,
    )
