"""The kernels of all visitors: each is for one page and ends with it, however that ends; none is started a second time.

A kernel that was started again would be blank, and its page would not know. The pool of kernels made ready beforehand is
Voilà's, which derives its own class from the one here.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import logging
import os
import time
from collections.abc import Iterator
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_events import EventLogger
from jupyter_server._tz import utcnow
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.ioloop import PeriodicCallback
from tornado.web import HTTPError
from traitlets.config import Application
from voila.request_info_handler import RequestInfoSocketHandler

from model.core import is_public
from model.scripts import page_files
from widgets.guard.places import Place, Places
from widgets.guard.room import free_memory, memory_of, visits_for
from widgets.guard.settings import Guard, Served

LOOKS_EVERY = 2.0  # seconds
FORGOTTEN_AT = 10  # visits that are over: what a visit leaves refers to itself, and Python would look for it much later
IDLE_IS_ENOUGH = 300.0  # seconds without use after which a page gives up its place, where others wait for one
SILENCE = {Served.PUBLIC: 60, Served.OWNER: 1800, Served.JUPYTER: 0}  # seconds without a browser after which a page ends
_log = logging.getLogger("voilens.guard")
_entering: contextvars.ContextVar[Place | None] = contextvars.ContextVar("entering", default=None)


class GuardedKernelManager(AsyncMappingKernelManager):
    """Ends the kernels of visits that are over. A kernel that is for no visit, as JupyterLab's, is left alone."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        application: Any = self.parent
        if not hasattr(application, "event_logger"):
            application.event_logger = EventLogger()  # else each kernel makes one, and none is ever forgotten
        page_files.tell_kernels(application.base_url)
        self.guard = Guard(parent=application)
        self.served = _served_by(application)
        public = self.served is Served.PUBLIC
        self.places = Places((self.guard.visits or visits_for(free_memory())) if public else None)
        self.making = asyncio.Semaphore(max(2, os.cpu_count() or 1))  # pages at once: each start is seconds of work
        self._silence = self.guard.silence or SILENCE[self.served]
        self._most_memory = self.guard.kernel_memory if public else 0
        self._over = 0  # kernels since Python last looked for what can be forgotten
        self._ending: dict[str, asyncio.Task[None]] = {}
        self._looking = PeriodicCallback(self._look, LOOKS_EVERY * 1000)
        if public:
            self.log.info("Room for %d visitors at once; --Guard.visits says another number", self.places.most)

    # ---- a visit

    @contextlib.contextmanager
    def entering(self, place: Place) -> Iterator[None]:
        """What is started meanwhile, other than for the pool, is started for the one who holds `place`."""
        token = _entering.set(place)
        try:
            yield
        finally:
            _entering.reset(token)
            if not place.kernel:
                self.places.leave(place)
            elif place.cut_off or place.kernel not in self:
                self.end(place.kernel)
            elif not self._kernel_connections.get(place.kernel):
                place.alone_since = time.monotonic()  # the page is whole: its browser comes now, or never

    def give(self, place: Place, kernel_id: str) -> None:
        """This kernel is for the one who holds `place` from now on."""
        place.kernel = kernel_id
        self._look_from_now_on()

    def end(self, kernel_id: str, at_once: bool = False) -> None:
        """End the kernel of a visit, in the background."""
        if kernel_id in self and kernel_id not in self._ending:
            self._ending[kernel_id] = asyncio.ensure_future(self._end(kernel_id, at_once))
        elif kernel_id not in self and (place := self.places.of(kernel_id)):
            self.places.leave(place)

    def ready_kernels(self, notebook: str) -> list[Any]:
        """Voilà's pool for `notebook`, without those that ended while they waited."""
        pools: dict[str, list[Any]] = getattr(self, "_pools", {})
        for name, pool in pools.items():
            ended = [task for task in pool if task.done() and not self._is_of_use(task)]
            for task in ended:
                pool.remove(task)
                if not task.cancelled() and not task.exception():
                    self.end(task.result()["kernel_id"], at_once=True)
            if ended:
                self.fill_if_needed(notebook_name=name)  # type: ignore[attr-defined]
        return pools.get(notebook, [])

    # ---- what Jupyter calls

    async def _async_start_kernel(self, **kwargs: Any) -> str:
        place = None if (kwargs.get("env") or {}).get("VOILA_PREHEAT") == "True" else _entering.get()
        kernel_id = await super()._async_start_kernel(**kwargs)
        if place:
            self.give(place, kernel_id)
        self._look_from_now_on()
        return kernel_id

    start_kernel = _async_start_kernel  # type: ignore[assignment]

    async def _async_restart_kernel(self, kernel_id: str, now: bool = False) -> Any:
        if self.places.of(kernel_id) is None:
            return await super()._async_restart_kernel(kernel_id, now=now)
        self.end(kernel_id)
        raise HTTPError(409, "The kernel of a page is not started again: load the page.")

    restart_kernel = _async_restart_kernel  # type: ignore[assignment]

    def remove_kernel(self, kernel_id: str) -> Any:
        if place := self.places.of(kernel_id):
            self.places.leave(place)
        self._over += 1
        RequestInfoSocketHandler._cache.pop(kernel_id, None)  # Voilà keeps one for every visit
        return super().remove_kernel(kernel_id)

    def notify_connect(self, kernel_id: str) -> None:
        super().notify_connect(kernel_id)
        if place := self.places.of(kernel_id):
            place.alone_since = None

    def notify_disconnect(self, kernel_id: str) -> None:
        super().notify_disconnect(kernel_id)
        place = self.places.of(kernel_id)
        if place and not self._kernel_connections.get(kernel_id):
            place.alone_since = time.monotonic()

    def _handle_kernel_died(self, kernel_id: str) -> None:
        self.ready_kernels("")
        self.end(kernel_id, at_once=True)

    # ---- who is over

    def _look_from_now_on(self) -> None:
        if not self._looking.is_running():
            self._looking.start()

    async def _look(self) -> None:
        """Free what no visit needs any more."""
        self.ready_kernels("")
        if self._over >= FORGOTTEN_AT:
            self._over = 0
            gc.collect()
        now = time.monotonic()
        for place in self.places:
            if not place.kernel:
                continue
            if self._silence and place.alone_since is not None and now - place.alone_since > self._silence:
                self.end(place.kernel)
            elif self._most_memory and self._memory_of(place.kernel) > self._most_memory:
                _log.warning("ended: a kernel with more than %d MB of memory", self._most_memory // 1_000_000)
                self.end(place.kernel, at_once=True)
        if self.places.are_awaited():
            self._free_longest_idle()

    def _free_longest_idle(self) -> None:
        """One page that nobody uses gives up its place: of the address that holds most, the one unused for longest."""
        idle = {place: self._idle_seconds(place) for place in self.places if place.kernel and place.kernel not in self._ending}
        unused = [place for place, seconds in idle.items() if seconds > IDLE_IS_ENOUGH]
        if unused:
            _log.info("ended: a page that nobody used, for one who waits")
            self.end(max(unused, key=lambda place: (self.places.crowd(place), idle[place])).kernel)

    def _idle_seconds(self, place: Place) -> float:
        last = getattr(self._kernels.get(place.kernel), "last_activity", None)
        return (utcnow() - last).total_seconds() if last else 0.0

    def _memory_of(self, kernel_id: str) -> int:
        provisioner: Any = getattr(self._kernels.get(kernel_id), "provisioner", None)
        return memory_of(provisioner.pid) if provisioner and provisioner.pid else 0

    def _is_of_use(self, ready: Any) -> bool:
        """Whether the kernel of what the pool has made ready still runs."""
        if ready.cancelled() or ready.exception():
            return False
        kernel = self._kernels.get(ready.result()["kernel_id"])
        process = getattr(getattr(kernel, "provisioner", None), "process", None)
        return process is not None and process.poll() is None

    async def _end(self, kernel_id: str, at_once: bool) -> None:
        try:
            if kernel_id in self:
                await ensure_async(self.shutdown_kernel(kernel_id, now=at_once))
        except Exception:
            _log.exception("a kernel could not be ended")
        finally:
            self._ending.pop(kernel_id, None)


def _served_by(application: Application | None) -> Served:
    if isinstance(application, ServerApp):
        return Served.JUPYTER
    return Served.PUBLIC if is_public() else Served.OWNER
