"""Where JavaScript's comments, strings, templates and patterns lie, so that the rest can be searched. Knows no modules."""

from __future__ import annotations

import re

_LITERAL = re.compile(r"[\"'`/{}]")
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\[\s\S])*\"|'(?:[^'\\\n]|\\[\s\S])*'")
_COMMENT = re.compile(r"//[^\n]*|/\*[\s\S]*?\*/")
_PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_BEFORE_PATTERN = re.compile(
    r"(?:^|[(,=:\[!&|?{};+\-*%<>~^]|(?<![\w$.])(?:return|typeof|case|in|of|do|else|void|await|yield))\s*$"
)


class ScriptError(ValueError):
    """Scripts that cannot be joined; the sentence names the file, the line and the reason."""


Span = tuple[int, int]


def without_literals(text: str, name: str) -> tuple[str, list[Span]]:
    """The text with spaces in place of comments and of what stands in strings, templates and patterns; as long as before.

    And where the comments are, which nothing of the rest needs.
    """
    code = list(text)
    literals, comments = _literals(text, name)
    for start, stop in [*literals, *comments]:
        code[start:stop] = [" " if char != "\n" else char for char in text[start:stop]]
    return "".join(code), comments


def _literals(text: str, name: str) -> tuple[list[Span], list[Span]]:
    spans: list[Span] = []
    comments: list[Span] = []

    def code(at: int, inside: bool) -> int:
        """Read code from `at` to its end, or (inside `${...}`) to the brace that closes it; give the place after that."""
        depth = 0
        while found := _LITERAL.search(text, at):
            at, char = found.start(), found[0]
            if char in "{}":
                depth += 1 if char == "{" else -1
                at += 1
                if inside and depth < 0:
                    return at
            elif char == "`":
                stop = template(at + 1)
                spans.append((at + 1, stop - 1))
                at = stop
            elif char in "\"'":
                string = _STRING.match(text, at)
                if not string:
                    raise unfinished("string", at)
                spans.append((at + 1, string.end() - 1))
                at = string.end()
            elif comment := _COMMENT.match(text, at):
                comments.append(comment.span())
                at = comment.end()
            elif (pattern := _PATTERN.match(text, at)) and _BEFORE_PATTERN.search(text[max(0, at - 80) : at]):
                spans.append((at + 1, pattern.end()))
                at = pattern.end()
            else:
                at += 1
        if inside:
            raise unfinished("template", len(text))
        return len(text)

    def template(at: int) -> int:
        while at < len(text):
            if text[at] == "\\":
                at += 2
            elif text[at] == "`":
                return at + 1
            elif text.startswith("${", at):
                at = code(at + 2, inside=True)
            else:
                at += 1
        raise unfinished("template", at)

    def unfinished(what: str, at: int) -> ScriptError:
        return ScriptError(f"{name}:{text.count(chr(10), 0, at) + 1}: a {what} that does not end.")

    code(0, inside=False)
    return spans, comments
