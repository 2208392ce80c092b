"""What the page makes of the contents that Python sends: by the page's own script, in Node."""

from __future__ import annotations

from typing import Any

from node import evaluate

from model.core import PROJECT

ANSWERS = (PROJECT / "widgets/shared/answers.js").as_uri()


def _said(expression: str, given: Any) -> Any:
    return evaluate(f"const answers = await import(file);\ntell({expression});", file=ANSWERS, given=given)


def shown(panel: Any) -> dict[str, Any]:
    """What stands on the screen of a classify panel: see `View` in answers.js."""
    return _said("answers.view(given)", panel.answer.content)


def spoken(panel: Any) -> str:
    """What is said of the photo to those who cannot see it."""
    return _said("answers.headlineOf(given).join('')", panel.uploader.answer) if panel.uploader.answer else ""


def remembered(panel: Any) -> list[dict[str, str]]:
    """The earlier answers as the page names them."""
    return _said("given.map(answers.pastOf)", panel.history.entries)
