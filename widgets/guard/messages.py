"""A message of a browser: taken apart by the one protocol there is, checked, and put together anew.

Only what was read here goes on to the kernel, written again, so that both read the same.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NoReturn

from widgets.guard.limits import MAX_BUFFERS, MAX_CONTENT, MAX_DEPTH, MAX_HEADER, MAX_MESSAGE

CONTROL = "jupyter.widget.control"  # the comm by which a browser asks for the state of all widgets
KINDS = ("kernel_info_request", "comm_info_request", "comm_open", "comm_msg", "comm_close")
_WORD = re.compile(r"[\w.:+-]{1,128}", re.ASCII)
_HEADER = ("msg_id", "session", "username", "version", "date", "msg_type")


class Refused(Exception):
    """A message that no page of ours sends; the reason is for the log, in words of ours alone."""


@dataclass(frozen=True)
class Message:
    """What a browser says to its kernel."""

    kind: str
    header: dict[str, Any]
    metadata: dict[str, Any]
    content: dict[str, Any]
    buffers: list[bytes] = field(default_factory=list)

    @property
    def number(self) -> str:
        """What its sender calls it."""
        return self.header["msg_id"]

    @property
    def comm(self) -> str:
        """The comm it is for; empty where it is for none."""
        return self.content.get("comm_id", "")

    def parts(self, number: int) -> list[bytes]:
        """The parts as they go on to the kernel, which takes none twice: `number` tells them apart. Raises Refused."""
        metadata = {**self.metadata, "number": number}
        return [_written(self.header), b"{}", _written(metadata), _written(self.content), *self.buffers]


def split(frame: str | bytes) -> list[bytes]:
    """The channel, the four parts of JSON and the buffers of one frame of a websocket. Raises Refused.

    Eight bytes say how many offsets follow, of eight bytes each; the last is the end.
    """
    if isinstance(frame, str):
        refuse("a message that is text")
    if len(frame) > MAX_MESSAGE:
        refuse("a message that is too long")
    count = int.from_bytes(frame[:8], "little")
    if not 6 <= count <= 6 + MAX_BUFFERS or len(frame) < 8 * (1 + count):
        refuse("a message with a strange number of parts")
    offsets = [int.from_bytes(frame[at : at + 8], "little") for at in range(8, 8 * (1 + count), 8)]
    if offsets[0] != 8 * (1 + count) or offsets[-1] != len(frame) or offsets != sorted(offsets):
        refuse("a message whose parts do not fit")
    return [frame[start:end] for start, end in pairwise(offsets)]


def read(parts: list[bytes]) -> Message:
    """The message that these parts make. Raises Refused."""
    channel, header_part, _parent, metadata_part, content_part, *buffers = parts
    if channel != b"shell":
        refuse("a message on another channel")
    header = _object(header_part, MAX_HEADER)
    header = {name: header.get(name, "") for name in _HEADER}
    if not all(isinstance(value, str) and (not value or _WORD.fullmatch(value)) for value in header.values()):
        refuse("a message with a strange header")
    kind = header["msg_type"]
    if kind not in KINDS:
        refuse("a message of another kind")
    content = _content_of(kind, _object(content_part, MAX_CONTENT))
    return Message(kind, header, _object(metadata_part, MAX_HEADER), content, buffers)


def refuse(reason: str) -> NoReturn:
    """Raise Refused."""
    raise Refused(reason)


def _object(part: bytes, most: int) -> dict[str, Any]:
    """The JSON object that a part holds."""
    if len(part) > most:
        refuse("a message with a part that is too long")
    try:
        found = json.loads(part.decode("utf-8"), parse_constant=lambda _name: refuse("a message that is no JSON"))
    except (ValueError, RecursionError):
        refuse("a message that is no JSON")
    if not isinstance(found, dict):
        refuse("a message that is no object")
    if not _is_flat_enough(found, MAX_DEPTH):
        refuse("a message that is nested too deep")
    return found


def _is_flat_enough(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inside = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_flat_enough(each, levels - 1) for each in inside)


def _written(value: dict[str, Any]) -> bytes:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        refuse("a message with a number that is none")
    return text.encode("utf-8", "replace")  # a name may hold half of a character


def _content_of(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """What counts of the content of a message of this kind."""
    if kind == "kernel_info_request":
        return {}
    if kind == "comm_info_request":
        return {"target_name": "jupyter.widget"}
    comm, data = content.get("comm_id"), content.get("data", {})
    if not isinstance(comm, str) or not _WORD.fullmatch(comm) or not isinstance(data, dict):
        refuse("a message for no comm")
    if kind == "comm_open":
        if content.get("target_name") != CONTROL:
            refuse("a comm for another target")
        return {"comm_id": comm, "target_name": CONTROL, "data": {}}
    return {"comm_id": comm, "data": data}


def dealt_with(parts: list[Any]) -> str:
    """What the sender called the message that the kernel says it has dealt with; empty where it says something else."""
    if json.loads(parts[0]).get("msg_type") != "status" or json.loads(parts[3]).get("execution_state") != "idle":
        return ""
    return json.loads(parts[1]).get("msg_id", "")


def comms_told(parts: list[Any]) -> set[str]:
    """The comms that the kernel tells a browser of: header, parent header, metadata and content of a message."""
    kind = json.loads(parts[0]).get("msg_type")
    if kind == "comm_open":
        return {json.loads(parts[3])["comm_id"]}
    if kind == "comm_info_reply":
        return set(json.loads(parts[3]).get("comms", ()))
    if kind == "comm_msg" and b'"update_states"' in parts[3]:  # the answer to who asked for the state of all widgets
        data = json.loads(parts[3])["data"]
        return set(data.get("states", ())) if data.get("method") == "update_states" else set()
    return set()
