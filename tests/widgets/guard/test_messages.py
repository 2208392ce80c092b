"""Messages of a browser: what a page sends passes and arrives the same, whatever else is refused with a reason."""

from __future__ import annotations

import json

import pytest
from frames import frame, opening, pack, to_comm
from hypothesis import given
from hypothesis import strategies as st
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1

from widgets.guard.messages import Message, Refused, comms_told, dealt_with, read, split


def taken(sent: bytes | str) -> Message:
    return read(split(sent))


def refused(sent: bytes | str) -> str:
    with pytest.raises(Refused) as caught:
        taken(sent).parts(7)
    return str(caught.value)


def test_what_a_page_sends_arrives_as_it_was():
    content = {"comm_id": "c-1", "data": {"method": "custom", "content": {"type": "chunk", "name": "Bär \u2028.jpg"}}}
    sent = frame("comm_msg", content, b"\x00photo\xff", b"thumbnail", msg_id="m-1", date="2026-11-28T02:58:12.123Z")
    message = taken(sent)
    header, parent, metadata, said, *buffers = message.parts(7)
    assert json.loads(said) == content
    assert json.loads(header)["msg_id"] == "m-1"
    assert (parent, metadata, buffers) == (b"{}", b'{"version": "1.0.0", "number": 7}', [b"\x00photo\xff", b"thumbnail"])
    assert message.comm == "c-1"


def test_frames_are_read_as_jupyter_writes_them():
    parts = [b'{"msg_type": "kernel_info_request"}', b"{}", b"{}", b"{}", b"buffer"]
    sent = serialize_msg_to_ws_v1(parts, "shell")
    assert pack(parts) == sent
    assert (
        split(sent)
        == [b"shell", *parts]
        == [deserialize_msg_from_ws_v1(sent)[0].encode(), *deserialize_msg_from_ws_v1(sent)[1]]
    )


@pytest.mark.parametrize("kind", ["kernel_info_request", "comm_info_request"])
def test_what_belongs_to_no_comm_carries_nothing_of_the_sender(kind):
    content = json.loads(taken(frame(kind, {"target_name": "mine", "more": 1})).parts(7)[3])
    assert content in ({}, {"target_name": "jupyter.widget"})


@pytest.mark.parametrize(
    "kind", ["execute_request", "shutdown_request", "interrupt_request", "input_reply", "history_request", "", "comm_msg2"]
)
def test_no_other_kind_passes(kind):
    assert refused(frame(kind)) == "a message of another kind"


@pytest.mark.parametrize("channel", ["control", "stdin", "iopub", "", "shell2"])
def test_no_other_channel_passes(channel):
    assert refused(frame("kernel_info_request", channel=channel)) == "a message on another channel"


def test_no_comm_is_opened_but_that_for_the_state_of_all_widgets():
    assert taken(opening()).content == {"comm_id": "c-1", "target_name": "jupyter.widget.control", "data": {}}
    assert refused(opening(target="jupyter.widget")) == "a comm for another target"
    assert refused(frame("comm_open", {"comm_id": "c-1"})) == "a comm for another target"


STRANGE = {
    "text": ("hello", "a message that is text"),
    "empty": (b"", "a message with a strange number of parts"),
    "no offsets": ((8).to_bytes(8, "little"), "a message with a strange number of parts"),
    "many offsets": (b"\xff" * 64, "a message with a strange number of parts"),
    "offsets beyond the end": ((6).to_bytes(8, "little") + b"\xff" * 48, "a message whose parts do not fit"),
    "too long": (b"\0" * 1_000_001, "a message that is too long"),
    "many buffers": (frame("comm_msg", {"comm_id": "c"}, *[b"x"] * 17), "a message with a strange number of parts"),
    "a tail": (frame("kernel_info_request") + b"x", "a message whose parts do not fit"),
    "no JSON": (pack([b"{", b"{}", b"{}", b"{}"]), "a message that is no JSON"),
    "no UTF-8": (pack([b"\xff", b"{}", b"{}", b"{}"]), "a message that is no JSON"),
    "not a number": (pack([b'{"a": NaN}', b"{}", b"{}", b"{}"]), "a message that is no JSON"),
    "a list": (pack([b"[]", b"{}", b"{}", b"{}"]), "a message that is no object"),
    "nested": (
        pack([b'{"a":' * 40 + b"1" + b"}" * 40, b"{}", b"{}", b"{}"]),
        "a message that is nested too deep",
    ),
    "nested without end": (pack([b"[" * 15_000, b"{}", b"{}", b"{}"]), "a message that is no JSON"),
    "a large header": (
        pack([json.dumps({"a": "x" * 16_000}).encode(), b"{}", b"{}", b"{}"]),
        "a message with a part that is too long",
    ),
    "much content": (to_comm("c", {"a": "x" * 200_000}), "a message with a part that is too long"),
    "a name that is none": (frame("comm_msg", {"comm_id": "c"}, msg_id="a\nb"), "a message with a strange header"),
    "a kind that is none": (frame("comm_msg", {"comm_id": "c"}, msg_type=["comm_msg"]), "a message with a strange header"),
    "no comm": (frame("comm_msg", {"data": {}}), "a message for no comm"),
    "a comm that is none": (frame("comm_msg", {"comm_id": 7}), "a message for no comm"),
    "data that is none": (frame("comm_msg", {"comm_id": "c", "data": []}), "a message for no comm"),
    "an endless number": (
        pack([b'{"msg_type": "comm_msg"}', b"{}", b"{}", b'{"comm_id": "c", "data": {"a": 1e999}}']),
        "a message with a number that is none",
    ),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_no_message_is_refused_with_a_reason(name):
    sent, reason = STRANGE[name]
    assert refused(sent) == reason


def test_half_of_a_character_in_the_name_of_a_file_becomes_a_question_mark():
    said = taken(pack([b'{"msg_type": "comm_msg"}', b"{}", b"{}", b'{"comm_id": "c", "data": {"name": "\\ud800.jpg"}}']))
    assert json.loads(said.parts(7)[3])["data"] == {"name": "?.jpg"}


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_refused(sent):
    try:
        taken(sent)
    except Refused:
        pass


@given(
    st.lists(
        st.one_of(st.binary(max_size=40), st.text(max_size=20).map(lambda text: json.dumps({"msg_type": text}).encode())),
        min_size=4,
        max_size=7,
    )
)
def test_any_parts_are_a_message_or_refused(parts):
    try:
        taken(pack(parts)).parts(7)
    except Refused:
        pass


def test_what_the_kernel_has_dealt_with_is_heard():
    def dealt(kind, content):
        return dealt_with([json.dumps({"msg_type": kind}).encode(), b'{"msg_id": "m-1"}', b"{}", json.dumps(content).encode()])

    assert dealt("status", {"execution_state": "idle"}) == "m-1"
    assert dealt("status", {"execution_state": "busy"}) == ""
    assert dealt("comm_msg", {"execution_state": "idle"}) == ""


def test_the_comms_that_a_kernel_tells_of_are_heard():
    def told(kind, content):
        return comms_told([json.dumps({"msg_type": kind}).encode(), b"{}", b"{}", json.dumps(content).encode()])

    assert told("comm_open", {"comm_id": "a"}) == {"a"}
    assert told("comm_info_reply", {"comms": {"a": {}, "b": {}}}) == {"a", "b"}
    assert told("comm_msg", {"comm_id": "x", "data": {"method": "update_states", "states": {"a": {}, "b": {}}}}) == {"a", "b"}
    assert told("comm_msg", {"comm_id": "x", "data": {"method": "update", "state": {"a": "update_states"}}}) == set()
    assert told("status", {"execution_state": "idle"}) == set()
