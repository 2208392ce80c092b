"""What a browser's page sends over the websocket of its kernel, as frames."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

CONTROL = "jupyter.widget.control"
_numbers = count()


def pack(parts: list[bytes], channel: str = "shell") -> bytes:
    """A frame of these parts; the first four are JSON."""
    pieces = [channel.encode(), *parts]
    start = 8 * (len(pieces) + 2)
    offsets = [start]
    for piece in pieces:
        offsets.append(offsets[-1] + len(piece))
    return b"".join(number.to_bytes(8, "little") for number in [len(offsets), *offsets]) + b"".join(pieces)


def frame(kind: str, content: Any = None, *buffers: bytes, channel: str = "shell", **header: Any) -> bytes:
    """A message as JupyterLab's services write it."""
    whole = {"msg_id": f"a-{next(_numbers)}", "msg_type": kind, "session": "s-1", "username": "", "version": "5.2", **header}
    metadata = b'{"version": "1.0.0"}'  # of the protocol of the comm for the state of all widgets
    return pack([json.dumps(whole).encode(), b"{}", metadata, json.dumps(content or {}).encode(), *buffers], channel)


def opening(comm: str = "c-1", target: str = CONTROL) -> bytes:
    return frame("comm_open", {"comm_id": comm, "target_name": target, "data": {}})


def to_comm(comm: str, data: Any = None, *buffers: bytes) -> bytes:
    return frame("comm_msg", {"comm_id": comm, "data": {"method": "request_states"} if data is None else data}, *buffers)
