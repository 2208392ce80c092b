"""An open page of Gradio's without a browser, which asks as its script does: upload, place in the queue, stream of events."""

from __future__ import annotations

import json
import secrets
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

API = "/gradio_api"
SECONDS = 120


class GradioVisitor:
    """Takes the page once and holds the line by which it says that it is there; each photo has a connection of its own."""

    def __init__(self, address: str):
        place = urlsplit(address)
        self._session = secrets.token_hex(6)
        self._asking, self._there = (HTTPConnection(place.hostname or "", place.port, timeout=SECONDS) for _ in range(2))
        self._get("/")
        asked = next(each for each in json.loads(self._get("/config"))["dependencies"] if each["api_name"] == "classify")
        self._function, self._trigger = asked["id"], asked["targets"][0][0]
        self._there.request("GET", f"{API}/heartbeat/{self._session}")
        self._heartbeat = self._there.getresponse()

    def classify(self, picture: bytes, /) -> dict[str, Any]:
        """What the page shows of a photo: the label, the share of each class."""
        self._asking.close()  # the server closes one that is silent; what follows opens another
        edge = secrets.token_hex(8)
        head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="photo.jpg"\r\n'
        form = f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + picture + f"\r\n--{edge}--\r\n".encode()
        (path,) = json.loads(self._post("/upload", form, f"multipart/form-data; boundary={edge}"))
        photo = {
            "path": path,
            "orig_name": "photo.jpg",
            "size": len(picture),
            "mime_type": "image/jpeg",
            "meta": {"_type": "gradio.FileData"},
        }
        asked = {"data": [photo], "fn_index": self._function, "trigger_id": self._trigger, "session_hash": self._session}
        self._post("/queue/join", json.dumps(asked).encode(), "application/json")
        events = self._get(f"{API}/queue/data?session_hash={self._session}").splitlines()
        told = [json.loads(line.removeprefix(b"data: ")) for line in events if line]
        done = next(each for each in told if each["msg"] == "process_completed")
        assert done["success"], done
        return done["output"]["data"][0]

    def leave(self) -> None:
        """The tab closes."""
        self._heartbeat.close()
        self._there.close()
        self._asking.close()

    def _get(self, path: str) -> bytes:
        self._asking.request("GET", path)
        return self._answer()

    def _post(self, path: str, body: bytes, kind: str) -> bytes:
        self._asking.request("POST", API + path, body, {"Content-Type": kind})
        return self._answer()

    def _answer(self) -> bytes:
        answer = self._asking.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return body
