"""Answers a second with 32 visitors beside Gradio around the same export, in turns, in two ways.

By HTTP, over a TCP connection for each photo: of ours, `POST /classify` to the model process; of Gradio, what its own client
sends: an upload, a place in the queue, the stream of events with the answer. By pages: of ours, pages with a kernel each, which
get the photo in parts over a websocket, keep it and show the answer; Gradio's page asks as its client does, so it is the same
figure. The photo is as our page shrinks it, for both. The visitors are in this process, which takes its part of the machine
from all alike. Gradio answers one photo at a time, as it does unless told otherwise.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median

from crowds import open_pages
from served_page import served
from visitor import Visitor

from benchmarks.gradio_visitor import GradioVisitor
from benchmarks.measure import Figure
from benchmarks.rates import of_clients, of_pages
from benchmarks.served import gradio, model_process, python_of_gradio
from model.client import connect

ROUNDS, VISITORS = 3, 32


def figures(scratch: Path, export: Path, photo: Path) -> list[Figure]:
    """Medians of ROUNDS after one that warms; none without Gradio."""
    python = python_of_gradio()
    if not python:
        return []
    by_http, by_pages, theirs = asyncio.run(_in_turns(scratch, export, photo.read_bytes(), python))
    what = f"answers a second, {VISITORS} visitors"
    return [
        Figure(f"{what}, by HTTP", "Gradio's API", by_http, theirs, 2.0, "/s", at_least=True),
        Figure(f"{what}, by open pages", "Gradio's API, as its page asks", by_pages, theirs, 2.0, "/s", at_least=True),
    ]


async def _in_turns(scratch: Path, export: Path, content: bytes, python: str) -> tuple[float, float, float]:
    with (
        model_process(export, scratch) as ours,
        gradio(export, scratch, python) as (address, _),
        served(f"--Guard.visits={VISITORS}", VOILENS_MODEL=str(export)) as server,
    ):
        clients = [connect(url=ours) for _ in range(VISITORS)]
        clients[0].ready()
        pages = await open_pages(server, VISITORS, Visitor)
        visitors = [await asyncio.to_thread(GradioVisitor, address) for _ in range(VISITORS)]
        rates: list[tuple[float, float, float]] = []
        for _ in range(ROUNDS + 1):
            by_http = await asyncio.to_thread(of_clients, clients, content)
            by_pages = await of_pages(pages, content)
            theirs = await asyncio.to_thread(of_clients, visitors, content)
            rates.append((by_http.answers, by_pages.answers, theirs.answers))
        for visitor in visitors:
            visitor.leave()
    by_http, by_pages, theirs = (median(each) for each in zip(*rates[1:], strict=True))
    return by_http, by_pages, theirs
