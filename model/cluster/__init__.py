"""Ray, which does work in many processes, on this machine or on many. Knows no picture, no model and no work; ray alone.

local       a Ray of this process's own, that nobody reaches from outside this machine
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.cluster.local import LOOPBACK, NOT_INSTALLED, any_ray, is_installed, keep_ports_here, local_ray

__all__ = ["LOOPBACK", "NOT_INSTALLED", "any_ray", "is_installed", "keep_ports_here", "local_ray"]
__getattr__ = on_first_use(__name__)
