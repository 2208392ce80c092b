"""What was published and proved, as `publish-report.json` and as a page: beside what was published, never in it.

Knows the proof, no browser.
"""

from __future__ import annotations

import base64
import json
from html import escape
from pathlib import Path
from typing import Any

from model.core import write_atomically
from model.publishing.proof import Proof

NAME = "publish-report"
PROVED, PARTLY, WRONG = "proved", "nothing wrong in what could be looked at here", "not published"
WORDS = {True: ("right", "✓"), False: ("wrong", "✗"), None: ("not looked at", "–")}
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 45rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid #8886; }
th { white-space: nowrap; font-weight: 600; }
td:first-of-type { white-space: nowrap; }
td:last-child, li { overflow-wrap: anywhere; }
@media (max-width: 32rem) {
  th, td { display: block; padding: 0; border: 0; }
  tr { display: block; padding: .5rem 0; border-bottom: 1px solid #8886; }
}
img { max-width: 100%; width: 270px; border: 1px solid #8886; border-radius: .5rem; }
"""


def report_folder(out: Path) -> Path:
    """Where the report of what is published in `out` lies: beside it, because it knows the owner's folders."""
    return out.with_name(f"{out.name}-report")


def phone_of(out: Path) -> Path:
    """Where the picture of the page on a phone lies, where there is one."""
    return report_folder(out) / "phone.png"


def write_report(out: Path, what: str, proof: Proof, steps: list[str], result: dict[str, Any], phone: bytes = b"") -> Path:
    """Write both, each whole; give the page. `steps` are what to do next, in words; `phone` is a PNG of the page on one, which
    is kept as `phone_of(out)`, too.
    """
    folder = report_folder(out)
    folder.mkdir(parents=True, exist_ok=True)
    if phone:
        write_atomically(phone_of(out), phone)
    else:
        phone_of(out).unlink(missing_ok=True)
    document = {**result, "what": what, "next": steps}
    write_atomically(folder / f"{NAME}.json", json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    page = folder / f"{NAME}.html"
    write_atomically(page, _page(what, proof, steps, phone))
    return page


def _page(what: str, proof: Proof, steps: list[str], phone: bytes) -> str:
    came = PROVED if proof.is_whole else PARTLY if proof.passed else WRONG
    heading = f"{what}: {came}"
    rows = "".join(
        f"<tr><th scope=row>{escape(check.name.capitalize())}</th><td>{sign} {word}</td><td>{escape(check.said)}</td></tr>\n"
        for check in proof.checks
        for word, sign in [WORDS[check.passed]]
    )
    listed = "".join(f"<li>{escape(step)}</li>\n" for step in steps)
    picture = base64.b64encode(phone).decode()
    shown = f'<h2>On a phone</h2><img alt="The page on a phone" src="data:image/png;base64,{picture}">' if phone else ""
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(heading)}</title>
<style>{STYLE}</style></head>
<body><main>
<h1>{escape(heading)}</h1>
<table>
{rows}</table>
<h2>What to do now</h2>
<ol>
{listed}</ol>
{shown}
</main></body>
</html>
"""
