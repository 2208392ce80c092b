"""The page itself, for as many as there is room for, and the word of a tab that closes.

Voilà's own handlers, with a place for each visit. A page that lost its kernel before it was built has nothing yet that
could say so: a few lines at its end do.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

import tornado.web
from jupyter_server.base.handlers import JupyterHandler
from tornado.iostream import StreamClosedError
from tornado.routing import PathMatches, Rule
from voila.tornado.handler import TornadoVoilaHandler

from widgets.guard.addresses import KERNEL
from widgets.guard.kernels import GuardedKernelManager
from widgets.guard.names import place_of
from widgets.guard.places import Place, address_of
from widgets.guard.refusals import Refusal, tell

AGAIN_SECONDS = 60
MAKING_SECONDS = 180.0  # a page that takes longer will not come
FULL = Refusal(
    503,
    "a visit, for there is no room",
    "This page is full",
    "As many people use it as it has room for. Try again in a minute; this page also tries by itself.",
    headers={"Retry-After": str(AGAIN_SECONDS), "Refresh": str(AGAIN_SECONDS), "Cache-Control": "no-store"},
)


class PageHandler(TornadoVoilaHandler):
    """Voilà's page, where there is a place for its visitor."""

    kernel_manager: GuardedKernelManager
    _place: Place | None = None
    _begun = False

    def initialize(self, beginnings: Mapping[str, bytes], **kwargs: Any) -> None:
        """`beginnings`: how the page of a notebook begins, by the notebook's path; what Voilà makes follows it."""
        self._beginnings = beginnings
        super().initialize(**kwargs)

    async def prepare(self) -> None:
        await super().prepare()
        self._transforms = [tornado.web.GZipContentEncoding(self.request)]  # tornado's setting would be for all of Jupyter

    @tornado.web.authenticated
    async def get(self, path: str | None = None) -> None:
        kernels = self.kernel_manager
        place = self._place = kernels.places.enter(address_of(self.request, kernels.guard.proxies))
        if place is None:
            self.refusal = FULL
            tell(self, FULL)
            return
        with kernels.entering(place):
            await self._begin(path)
            async with kernels.making:
                if not place.cut_off:
                    self._begun = True
                    await asyncio.wait_for(super().get(path), MAKING_SECONDS)
                    self.write(WATCH)

    async def _begin(self, path: str | None) -> None:
        """Send what needs no kernel: a page may wait for its turn, and then for its kernel."""
        if beginning := self._beginnings.get(self.notebook_path or path or ""):
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.set_header("Cache-Control", "no-cache, no-store, must-revalidate")
            self.write(beginning)
            with contextlib.suppress(StreamClosedError):  # who left meanwhile is told from others by `cut_off`
                await self.flush()

    def should_use_rendered_notebook(self, notebook_data: Any, pool_size: int, *choices: Any) -> bool:
        """Voilà asks this just before it takes the first of its pool: it gets one that lives."""
        ready = self.kernel_manager.ready_kernels(self.notebook_path or self.path_args[0])
        if self._place is None or not super().should_use_rendered_notebook(notebook_data, len(ready), *choices):
            return False
        place = self._place

        def give(made: asyncio.Future[dict[str, Any]]) -> None:
            if not made.cancelled() and not made.exception():
                self.kernel_manager.give(place, made.result()["kernel_id"])

        ready[0].add_done_callback(give)
        return True

    def on_connection_close(self) -> None:
        super().on_connection_close()
        if self._place:
            self._place.cut_off = True
            if not self._begun:
                self.kernel_manager.places.leave(self._place)


class LeaveHandler(JupyterHandler):
    """A tab says that it closes. It has no cookie to show for it, but it is a page of this server."""

    kernel_manager: GuardedKernelManager

    def check_xsrf_cookie(self) -> None:
        if place_of(self.request.headers.get("Origin", "")) != self.request.host.lower():
            raise tornado.web.HTTPError(403)

    @tornado.web.authenticated
    async def post(self, kernel_id: str) -> None:
        if self.kernel_manager.places.of(kernel_id):
            self.kernel_manager.end(kernel_id)
        self.set_status(204)


def put_pages_first(application: Any, base: str, pattern: str, arguments: dict[str, Any]) -> None:
    """Serve Voilà's page at `pattern` and the end of its kernel, below `base`, by the handlers here."""
    base = base.rstrip("/")
    application.default_router.rules[:0] = [
        Rule(PathMatches(base + pattern), PageHandler, arguments),
        Rule(PathMatches(f"{base}/voila/api/shutdown/({KERNEL})"), LeaveHandler),
    ]


WATCH = """
<script>
  (() => {
    const BUILT = ".jupyter-widgets"; // from then on the page speaks for itself
    const { baseUrl, kernelId } = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
    const timer = setInterval(async () => {
      if (document.querySelector(BUILT)) return clearInterval(timer);
      const answer = await fetch(`${baseUrl}api/kernels/${kernelId}`, { cache: "no-store" }).catch(() => null);
      if (answer?.status !== 404 || document.querySelector(BUILT)) return;
      clearInterval(timer);
      const words = document.createElement("p");
      words.setAttribute("role", "alert");
      words.style.cssText = "max-width: 34em; margin: 15vh auto; padding: 0 1.5em; font: 16px/1.5 system-ui, sans-serif";
      words.textContent = "The server went to sleep while this page was being made. ";
      const again = document.createElement("button");
      again.textContent = "Restart";
      again.onclick = async () => {
        const keeping = [];
        dispatchEvent(new CustomEvent("voilens-leaving", { detail: keeping })); // the photos on the page, where there are any
        await Promise.allSettled(keeping);
        location.reload();
      };
      words.append(again);
      document.body.replaceChildren(words);
    }, 2000);
  })();
</script>
"""
