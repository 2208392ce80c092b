"""The sentences of an answer, of which the browser makes what it says; Python reads those that it says itself."""

from __future__ import annotations

import json
from typing import Any

from widgets.shared.modules import ROOT

WORDS: dict[str, Any] = json.loads((ROOT / "shared/words.json").read_text(encoding="utf-8"))
