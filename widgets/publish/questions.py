"""What a person may say about a way to publish: an option of the command each, in words. Knows no way and no widget.

What the browser sends is checked before it becomes an option of `python -m model publish`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from model.core import absolute
from model.data import DIGITS
from model.errors import BadUsage

LONGEST = 1000  # letters of an answer


@dataclass(frozen=True)
class Question:
    """`default` holds where nothing is said, which `hint` says in words; `folded` ones are for the few who need them.

    What is answered to one that `stays` stands there the next time, too; to what others may see, a person agrees each time.
    """

    name: str
    option: str
    label: str
    kind: Literal["text", "place", "yes"] = "text"
    hint: str = ""
    default: str = ""
    folded: bool = True
    stays: bool = False

    def to_json(self) -> dict[str, Any]:
        """As the page's script needs it."""
        told = {"name": self.name, "kind": self.kind, "label": self.label, "folded": self.folded}
        return {**told, "hint": self.hint or (f"Empty: {self.default}" if self.default else "")}

    def arguments(self, answer: object) -> list[str]:
        """The option with what was answered, none where nothing was. Raises BadUsage."""
        if self.kind == "yes":
            return [self.option] if answer is True else []
        text = answer.strip() if isinstance(answer, str) else ""
        if text.startswith("-") or len(text) > LONGEST or not text.isprintable():
            raise BadUsage(
                f"“{text[:20]}” cannot be taken for “{self.label}”: write one line of at most {LONGEST:,} letters "
                "that does not begin with a dash."
            )
        if self.kind == "place" and text not in ("", DIGITS):
            text = str(absolute(text))
        return [self.option, text or self.default] if text or self.default else []
