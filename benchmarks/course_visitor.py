"""An open page of the fastai course's app, without a browser: gives it a photo, clicks, reads the answer."""

from __future__ import annotations

import time
from typing import Any

from kernel_line import KernelLine


class CourseVisitor(KernelLine):
    """Speaks to ipywidgets' own FileUpload, Button and Label."""

    _upload, _button, _answer = "", "", ""

    def find(self, widgets: dict[str, dict[str, Any]]) -> bool:
        for comm, widget in widgets.items():
            if widget["model_name"] == "FileUploadModel":
                self._upload = comm
            elif widget["model_name"] == "ButtonModel":
                self._button = comm
            elif widget["model_name"] == "LabelModel" and not widget["state"]["value"]:
                self._answer = comm
        return bool(self._upload and self._button and self._answer)

    async def ask(self, name: str, content: bytes, seconds: float = 300.0) -> str:
        """The text of the answer. Raises Gone, TimeoutError."""
        deadline = time.monotonic() + seconds
        file = {"name": name, "type": "image/jpeg", "size": len(content), "last_modified": 0}
        update = {"method": "update", "state": {"value": [file]}, "buffer_paths": [["value", 0, "content"]]}
        await self.send(self._upload, update, content)
        await self.send(self._button, {"method": "custom", "content": {"event": "click"}})
        while True:
            said = await self.next(deadline)
            answer = said.get("data", {}).get("state", {}).get("value", "")
            if said.get("comm_id") == self._answer and answer:
                return answer
