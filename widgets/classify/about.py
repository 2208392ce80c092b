"""About this model: the card that serves, for people. Knows cards, not who reads them: what it tells, strangers may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import traitlets as t

from model.artifacts import model_card
from widgets.classify.examples import Example
from widgets.shared import BrowserWidget, script


class AboutModel(BrowserWidget):
    """The card as a fold; nothing before there is one."""

    _esm = script("classify/about")

    told = t.Dict(help="see Told in about.js; empty before there is a card").tag(sync=True)

    def show(self, card: Mapping[str, Any], examples: Sequence[Example] = ()) -> None:
        """Tell a card, given as JSON, with one of the `examples` for each class that has some."""
        firsts = {example["label"]: example for example in reversed(examples) if example["label"]}
        checksum = str(card.get("sha256") or "")
        people = model_card.for_people(card)
        self.told = {"classes": list(card["classes"]), "card": people, "checksum": checksum, "examples": [*firsts.values()]}
