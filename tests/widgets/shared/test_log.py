"""What goes wrong behind a page is for the terminal of whoever serves it, not for a browser: in a real kernel."""

from __future__ import annotations

import time
from pathlib import Path

from kernels import kernel

FAIL = """
import logging, threading
from widgets import App
threading.Thread(target=lambda: logging.getLogger("voilens").error("the secret reason")).start()
"""


def test_the_log_of_a_page_goes_to_the_terminal_and_not_to_the_browser(tmp_path):
    terminal: Path = tmp_path / "terminal.txt"
    sent: list[dict] = []
    with terminal.open("wb") as output, kernel(sent, stdout=output, stderr=output) as asking:
        asking.execute_interactive(FAIL, timeout=120, output_hook=sent.append)
        deadline = time.monotonic() + 10
        while "the secret reason" not in terminal.read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
    assert "the secret reason" in terminal.read_text()
    assert "the secret reason" not in str([message["content"] for message in sent if message["msg_type"] == "stream"])
