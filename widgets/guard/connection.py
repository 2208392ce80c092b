"""The websocket of a kernel."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from widgets.guard.addresses import PROTOCOL


class GuardedConnection(ZMQChannelsWebsocketConnection):
    """Speaks one protocol."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.kernel_ws_protocol = PROTOCOL
