"""The websocket between a browser and its kernel: what a page of ours does not send closes it."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from model.core import is_public
from widgets.guard import messages
from widgets.guard.discretion import for_visitors
from widgets.guard.handshake import PROTOCOL
from widgets.guard.messages import Refused
from widgets.guard.refusals import log_refusal
from widgets.guard.visits import Visits

POLICY = 1008  # the websocket's code for what breaks the rules
_visits = Visits()


class GuardedConnection(ZMQChannelsWebsocketConnection):
    """Speaks one protocol, passes on the messages that widgets need, and counts them where strangers are served."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.kernel_ws_protocol = PROTOCOL
        self._visit = _visits.of(self.kernel_manager, bounded=is_public())
        self._opened: set[str] = set()
        self._connected = self._refused = False

    def connect(self) -> asyncio.Future[None]:  # type: ignore[override]
        try:
            self._visit.count_connection()
        except Refused as refused:
            return self._close(refused)
        self._connected = True
        self._visit.connections.add(self)
        return super().connect() or _done()

    def disconnect(self) -> None:  # type: ignore[override]
        self._visit.connections.discard(self)
        if self._connected:
            super().disconnect()
        elif self._open_sessions.get(self.session_key) is self.websocket_handler:
            self._open_sessions.pop(self.session_key)

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        if self._refused or not self.channels:
            return  # it is closing
        try:
            parts = messages.split(incoming_msg)
            self._visit.count(parts)
            message = messages.read(parts)
            self._visit.check(message, self._opened)
            self._visit.count_waiting(message)
            kernel_parts = message.parts(self._visit.sent)
        except Refused as refused:
            self._close(refused)
        else:
            self.session.send_raw(self.channels["shell"], kernel_parts)

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        _, parts = self.session.feed_identities(outgoing_msg)
        self._visit.learn(messages.comms_told(parts[1:5]))
        self._visit.dealt_with(messages.dealt_with(parts[1:5]))
        super().handle_outgoing_message(stream, outgoing_msg)

    def _on_zmq_reply(self, stream: Any, msg_list: Any) -> None:
        told = for_visitors(msg_list) if is_public() else msg_list
        if told is not None:
            super()._on_zmq_reply(stream, told)

    def _close(self, refused: Refused) -> asyncio.Future[None]:
        """Close the websocket, with one line in the log."""
        self._refused = True
        log_refusal(f"{refused}; its websocket was closed")
        self.websocket_handler.close(POLICY, str(refused))
        return _done()


def _done() -> asyncio.Future[None]:
    future: asyncio.Future[None] = asyncio.Future()
    future.set_result(None)
    return future
