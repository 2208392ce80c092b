"""Whatever a browser sends, no traceback comes back: in a real kernel, over its own messages."""

from __future__ import annotations

import json

from kernels import kernel

from model.core import PROJECT
from widgets.classify.answer import Answer
from widgets.shared import BrowserWidget

MAKE = """
import ipywidgets as ipw
import widgets
from widgets.classify.answer import Answer
from widgets.classify.history import History

def fail(*_):
    raise ValueError("of a handler")

answer, history, uploader, button = Answer(), History(), widgets.Uploader(), ipw.Button()
answer.on_say(fail)
button.on_click(fail)
for widget in (answer, history, uploader, button):
    print(widget.comm.comm_id)
"""
CRAFTED = [
    *({"method": "custom", "content": content} for content in ("x", 7, None, ["type"])),
    *({"method": "custom", "content": content} for content in ({"type": {}}, {"type": "chunk", "index": []})),
    {"method": "custom", "content": {"type": "say", "label": "cat"}},
    {"method": "custom", "content": {"event": "click"}},
    {"method": "update", "state": {"content": 7, "busy": "no", "description": []}},
    {"method": "update", "state": "x"},
    {"method": "custom"},
    {"method": {}},
    {},
]


def test_no_message_of_a_browser_is_answered_with_a_traceback():
    sent: list[dict] = []
    with kernel(sent, {"VOILENS_PUBLIC": "1"}) as asking:
        asking.execute_interactive(MAKE, timeout=120, output_hook=sent.append)
        printed = "".join(message["content"].get("text", "") for message in sent if message["msg_type"] == "stream")
        comms = printed.split()
        assert len(comms) == 4
        for comm in comms:
            for data in CRAFTED:
                message = asking.session.msg("comm_msg", {"comm_id": comm, "data": data})
                asking.shell_channel.send(message)
        asking.execute_interactive("answer.note = 'still here'", timeout=120, output_hook=sent.append)
    told = json.dumps([message["content"] for message in sent if message["msg_type"] in ("error", "stream", "display_data")])
    assert "Traceback" not in told
    assert str(PROJECT) not in told
    assert not [message for message in sent if message["msg_type"] == "error"]


def test_a_handler_gets_dictionaries_alone_and_may_fail(caplog):
    heard = []

    class Heard(BrowserWidget):
        _esm = "export default { render() {} }"

    widget = Heard()
    widget.on_msg(lambda _widget, content, _buffers: content["missing"])
    widget.on_msg(lambda _widget, content, _buffers: heard.append(content))
    for content in ("x", None, 7, [], {"a": 1}):
        widget._handle_custom_msg(content, [])
    assert heard == [{"a": 1}]
    assert "could not be taken" in caplog.text


def test_every_widget_with_a_script_is_guarded():
    import widgets.app
    from widgets import clean, label, measure, page, train

    for package in (clean, label, measure, page, train):
        for name in package.__all__:
            getattr(package, name)
    assert widgets.app.App
    assert issubclass(Answer, BrowserWidget)
    import anywidget

    bare = [kind for kind in anywidget.AnyWidget.__subclasses__() if kind.__module__.startswith("widgets.")]
    assert bare == [BrowserWidget]
