"""Photos that visitors send, kept for the owner or for the visit. Knows no screen.

inbox        `Inbox`: photos that wait for the owner in the cleaner
corrections  a file in which a visitor of a published page saved photos and what they show: `CorrectionsFile` writes it,
             `take_corrections` reads it
visitor      `VisitorFolder`: a visitor's private folder, removed at the end
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.intake import corrections
    from model.intake.corrections import CorrectionsFile, as_said, take_corrections
    from model.intake.inbox import Inbox
    from model.intake.visitor import VisitorFolder, remove_left_visits

__all__ = ["CorrectionsFile", "Inbox", "VisitorFolder", "as_said", "corrections", "remove_left_visits", "take_corrections"]
__getattr__ = on_first_use(__name__)
