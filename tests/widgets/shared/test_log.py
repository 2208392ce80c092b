"""What goes wrong behind a page is for the terminal of whoever serves it, not for a browser: in a real kernel."""

from __future__ import annotations

import os
import queue
import time

from jupyter_client import KernelManager

from model.core import PROJECT

FAIL = """
import logging, threading
import widgets
threading.Thread(target=lambda: logging.getLogger("voilens").error("the secret reason")).start()
"""


def test_the_log_of_a_page_goes_to_the_terminal_and_not_to_the_browser(tmp_path):
    terminal, sent = tmp_path / "terminal.txt", []
    kernel = KernelManager(kernel_name="python3")
    with terminal.open("wb") as output:
        kernel.start_kernel(cwd=str(PROJECT), stdout=output, stderr=output, env=dict(os.environ))
    asking = kernel.client()
    try:
        asking.start_channels()
        asking.wait_for_ready(120)
        asking.execute_interactive(FAIL, timeout=120, output_hook=sent.append)
        deadline = time.monotonic() + 10
        while "the secret reason" not in terminal.read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
        try:
            while True:
                sent.append(asking.get_iopub_msg(timeout=1))
        except queue.Empty:
            pass
    finally:
        asking.stop_channels()
        kernel.shutdown_kernel(now=True)
    assert "the secret reason" in terminal.read_text()
    assert "the secret reason" not in str([message["content"] for message in sent if message["msg_type"] == "stream"])
