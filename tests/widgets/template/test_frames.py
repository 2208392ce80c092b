"""The bytes of a message: what the page writes is what the guard reads, and the page reads what Jupyter writes."""

from __future__ import annotations

from frames import frame
from node import evaluate

from model.core import PROJECT
from widgets.guard import messages

FRAMES = (PROJECT / "widgets" / "template" / "frames.js").as_uri()


def test_the_guard_reads_what_the_page_writes():
    written = evaluate(
        f"""
        import {{ pack }} from "{FRAMES}";
        const header = {{ msg_id: "a-1", msg_type: "comm_msg", session: "s", username: "", version: "5.3", date: "" }};
        const content = {{ comm_id: "c-1", data: {{ method: "custom", content: {{ name: "Käse 🧀" }} }} }};
        const photo = new Uint8Array([9, 8, 7, 6]).subarray(1, 3);
        tell([...pack(header, {{ a: 1 }}, content, [photo, new Uint8Array([5]).buffer])]);
        """
    )
    message = messages.read(messages.split(bytes(written)))
    assert message.kind == "comm_msg" and message.comm == "c-1" and message.metadata == {"a": 1}
    assert message.content["data"]["content"]["name"] == "Käse 🧀"
    assert message.buffers == [b"\x08\x07", b"\x05"]


def test_the_page_reads_what_jupyter_writes():
    sent = frame("comm_msg", {"comm_id": "c-1", "data": {"name": "Käse"}}, b"ab", b"", channel="iopub")
    read = evaluate(
        f"""
        import {{ unpack }} from "{FRAMES}";
        const {{ channel, header, content, buffers }} = unpack(new Uint8Array(sent).buffer);
        tell([channel, header.msg_type, content.data.name, buffers.map((each) => [...new Uint8Array(each.buffer)])]);
        """,
        sent=list(sent),
    )
    assert read == ["iopub", "comm_msg", "Käse", [[97, 98], []]]
