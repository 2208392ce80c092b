"""A real kernel, and all that it says."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_client import BlockingKernelClient, KernelManager

from model.core import PROJECT


@contextmanager
def kernel(sent: list[dict], environment: dict[str, str] | None = None, **options: Any) -> Iterator[BlockingKernelClient]:
    """A client of a kernel of its own; at the end, what the kernel has said and nobody has read is added to `sent`."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(PROJECT), env={**os.environ, **(environment or {})}, **options)
    asking = manager.client()
    try:
        asking.start_channels()
        asking.wait_for_ready(120)
        yield asking
        try:
            while True:
                sent.append(asking.get_iopub_msg(timeout=1))
        except queue.Empty:
            pass
    finally:
        asking.stop_channels()
        manager.shutdown_kernel(now=True)
