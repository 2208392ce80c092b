"""`python -m model.scoring.companion FOLDER`: holds what a scored folder looks like, and answers a cleaner's questions.

{"ask": "rank"} -> {"ranked", "marks"}: how many pictures were judged anew, by how many marks. {"ask": "alike", "file", "most"}
-> {"files"}: what looks most like a picture, the likest first. A refusal is {"sentence"}. Knows JSON, no screen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from model.errors import BadUsage
from model.jobs import answer_questions
from model.scoring.ranking import Ranking


def answering(ranking: Ranking) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What answers questions about this folder. Raises AppError."""

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        if question.get("ask") == "rank":
            ranked, marks = ranking.rank()
            return {"ranked": ranked, "marks": marks}
        if question.get("ask") == "alike":
            return {"files": ranking.alike(question["file"], question["most"])}
        raise BadUsage("There is no such question.")

    return answer


def main(root: Path) -> None:
    with closing(Ranking(root)) as ranking:
        answer_questions(answering(ranking))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
