"""The kernels of all visitors."""

from __future__ import annotations

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager


class GuardedKernelManager(AsyncMappingKernelManager):
    """Jupyter's own so far; Voilà adds the pool of kernels made ready beforehand."""
