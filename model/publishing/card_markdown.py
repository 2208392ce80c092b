"""A model's card for people, as Markdown: what it knows, how often it is right, what "sure" promises, where it fails.

From the same card as the page's "About this model". Knows cards, no page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

from model.artifacts import ModelCard
from model.core import listing, percent_interval, percent_tenths

HARD = {
    "grey": "black and white",
    "dark": "dark",
    "blurred": "blurred",
    "turned_15": "turned by 15 degrees",
    "turned_90": "turned by 90 degrees",
    "tinted": "in coloured light",
    "background": "on another background",
}


def public_card(card: ModelCard, labels: list[str], author: str | None = None) -> ModelCard:
    """A card that strangers may read: with the classes that are answered and its `author`, where one is named; without paths
    and how the training went.
    """
    measured = {key: value for key, value in (card.measured or {}).items() if key != "history"}
    data = {**card.data, "name": PurePath(card.data["name"]).name} if card.data and "name" in card.data else card.data
    started = PurePath(card.started_from).name if card.started_from else None
    shown = replace(card, classes=labels, started_from=started, data=data, measured=measured or None, others={})
    return replace(shown, author=author or card.author)


def as_markdown(card: ModelCard, examples: Mapping[str, str] = MappingProxyType({})) -> str:
    """The card as sections of Markdown, of what it says; without a heading above them.

    `examples` are addresses of pictures, at most one for each class.
    """
    measured = card.measured or {}
    sections = [_knows(card), _shown(examples), _right(measured), _sure(measured), _fails(measured), _made(card)]
    return "\n\n".join(filter(None, sections)) + "\n"


def _knows(card: ModelCard) -> str:
    data = card.data or {}
    classes = [plain(label) for label in card.classes or []]
    learned = f" It learned from {data['train']:,} pictures of {plain(data['name'])}." if {"train", "name"} <= set(data) else ""
    note = f" {plain(data['note'])}" if data.get("note") else ""
    return f"**What it knows.** {len(classes)} classes: {listing(classes, 'and', most=40)}.{learned}{note}"


def _shown(examples: Mapping[str, str]) -> str:
    pictures = " ".join(f"![An example of {plain(label)}]({address})" for label, address in examples.items())
    return f"**One example of each class.**\n\n{pictures}" if pictures else ""


def plain(text: str) -> str:
    """What a person has written, as text that is neither markup nor HTML."""
    return re.sub(r"([\\`*_{}\[\]<>|#~])", r"\\\1", " ".join(text.split()))


def _right(measured: dict[str, Any]) -> str:
    if "accuracy" not in measured:
        return "**How often it is right.** Nobody has measured that, or the card does not say."
    figure, interval = percent_tenths(measured["accuracy"]), ""
    if "interval_95" in measured:
        figure, interval = percent_interval(measured["accuracy"], measured["interval_95"]), ", with the 95 % interval"
    how = f" {measured['how']}" if measured.get("how") else ""
    on = measured.get("on", "pictures that it did not learn from")
    return f"**How often it is right.** {figure} of {on}{interval}.{how}"


def _sure(measured: dict[str, Any]) -> str:
    if measured.get("answered") is None or measured.get("answered_accuracy") is None:
        return ""
    return (
        f"**What “sure” promises.** It is sure of {percent_tenths(measured['answered'])} of them, and of those "
        f"{percent_tenths(measured['answered_accuracy'])} are right. Elsewhere it says that it is not sure, or that a "
        "photo is unlike anything it was taught."
    )


def _fails(measured: dict[str, Any]) -> str:
    rows = [
        f"| {HARD.get(row['name'], row['name'])} | {percent_tenths(row['accuracy'])} | {percent_tenths(row['answered'])} "
        f"| {percent_tenths(row['answered_accuracy']) if row.get('answered') else 'sure of none'} |"
        for row in measured.get("degraded") or []
    ]
    if not rows:
        return ""
    head = [
        "**Where it fails.** On copies of the same pictures:",
        "",
        "| copies | right | sure | right among sure |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *rows])


def _made(card: ModelCard) -> str:
    parts = [card.architecture, f"{card.size} pixels a side" if card.size else None]
    started = f"started from {card.started_from}" if card.started_from else None
    told = ", ".join(
        filter(
            None, [*parts, started, f"made on {card.made}" if card.made else None, f"by {card.author}" if card.author else None]
        )
    )
    return f"**How it was made.** {plain(told)}." if told else ""
