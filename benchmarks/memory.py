"""Memory of 32 visitors after an answer each, everything together: beside the course's app, and beside Gradio.

Everything is the server, the kernels, the model process and its workers, by proportional set size: what several processes share
counts once. Where memory is too small for 32 kernels with fastai, as many as half of what is free holds are measured, and those
that are missing are reckoned: each is what one more took.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
from crowds import open_pages
from kernel_line import KernelLine
from page_server import PageServer
from served_page import megabytes, served, whole_tree
from visitor import Visitor

from benchmarks import notebooks
from benchmarks.course_visitor import CourseVisitor
from benchmarks.gradio_visitor import GradioVisitor
from benchmarks.measure import Figure
from benchmarks.served import gradio, python_of_gradio

VISITORS = 32
OF_A_COURSE_VISITOR = 700_000_000  # bytes, at most


def figures(scratch: Path, export: Path, photo: Path) -> list[Figure]:
    content = photo.read_bytes()
    with served(f"--Guard.visits={VISITORS}", VOILENS_MODEL=str(export)) as server:
        ours = asyncio.run(_after_an_answer(server, Visitor, [VISITORS], content))[-1]
    course, reckoned = _course(scratch, export, content)
    found = [
        Figure(f"memory of {VISITORS} visitors, everything together", f"the course's app{reckoned}", ours, course, 0.2, "MB")
    ]
    if python := python_of_gradio():
        found.append(Figure("the same", "Gradio", ours, _gradio(scratch, export, content, python), None, "MB"))
    return found


def _course(scratch: Path, export: Path, content: bytes) -> tuple[float, str]:
    """Megabytes, and what has to be said of them."""
    notebook = notebooks.write(scratch / "course.ipynb", notebooks.course(export))
    count = max(2, min(VISITORS, psutil.virtual_memory().available // 2 // OF_A_COURSE_VISITOR))
    with served(notebook=notebook, settings=scratch) as server:
        one, all_of_them = asyncio.run(_after_an_answer(server, CourseVisitor, [1, count], content))
    more = (all_of_them - one) / (count - 1)
    return all_of_them + (
        VISITORS - count
    ) * more, "" if count == VISITORS else f", {count} measured, {more:.0f} MB for each more"


async def _after_an_answer(server: PageServer, kind: type[KernelLine], counts: list[int], content: bytes) -> list[float]:
    """Megabytes when so many pages are open, each of which has had an answer."""
    pages: list[KernelLine] = []
    memory = []
    for count in counts:
        more = await open_pages(server, count - len(pages), kind)
        await asyncio.gather(*(page.ask("photo.jpg", content) for page in more))
        pages += more
        memory.append(megabytes(whole_tree(server)))
    return memory


def _gradio(scratch: Path, export: Path, content: bytes, python: str) -> float:
    with gradio(export, scratch, python) as (address, process), ThreadPoolExecutor(VISITORS) as asking:
        visitors = list(asking.map(GradioVisitor, [address] * VISITORS))
        list(asking.map(lambda visitor: visitor.classify(content), visitors))
        memory = megabytes([process, *process.children(recursive=True)])
        for visitor in visitors:
            visitor.leave()
    return memory
