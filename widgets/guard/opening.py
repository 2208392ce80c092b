"""The page opened in a browser where it was started, with the owner's token in its link.

The link goes through a file that this user alone can read: what a program is started with, other users of the machine see.
"""

from __future__ import annotations

import atexit
import os
import tempfile
import threading
import webbrowser
from html import escape
from pathlib import Path
from typing import Any

_PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Voilens</title>
<meta http-equiv="refresh" content="0;url={link}">
<p><a href="{link}">Open the page</a></p>
"""


def open_page(voila: Any) -> None:
    """Open the page of `voila`, which listens by now."""
    token = voila.identity_provider.token
    link = voila.connection_url + (f"?token={token}" if token else "")
    try:
        browser = webbrowser.get(voila.browser or None)
    except webbrowser.Error as error:
        voila.log.warning("No browser was found (%s): open the link above.", error)
        return
    handle, name = tempfile.mkstemp(suffix=".html")
    atexit.register(Path(name).unlink, missing_ok=True)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(_PAGE.format(link=escape(link)))
    threading.Thread(target=browser.open, args=(Path(name).as_uri(), voila.webbrowser_open_new), daemon=True).start()
