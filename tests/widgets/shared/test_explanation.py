"""A widget whose pictures can be explained: asked by the browser, answered as a trait, and only of what is still shown."""

from __future__ import annotations

import asyncio

import pytest
from samples import encoded, photo

from model.errors import AppError, BadImage
from model.types import Explanation, SimilarPicture
from widgets.shared import ExplainingWidget

PHOTO = encoded(photo(), "JPEG")


def explanation(label: str = "glass") -> Explanation:
    similar = (SimilarPicture("glass", 0.987, PHOTO),)
    return Explanation(label, 0.941, PHOTO, (0.125, 0, 0.875, 1), PHOTO, encoded(photo()), "in the middle", similar, ("Note.",))


def ask(widget: ExplainingWidget, of: object) -> None:
    widget._handle_custom_msg({"type": "why", "of": of}, [])


def widget(explain=lambda picture: explanation(), picture_of=lambda of: PHOTO) -> ExplainingWidget:
    made = ExplainingWidget()
    made.explain_with(explain, picture_of)
    return made


def test_an_explanation_reaches_the_browser_in_words_and_pictures():
    asked = []
    made = widget(lambda picture: asked.append(picture) or explanation())
    ask(made, 3)
    assert asked == [PHOTO]
    why = made.why
    assert (why["of"], why["kind"], why["label"], why["share"]) == (3, "explained", "glass", "94 %")
    assert why["photo"].startswith("data:image/jpeg")
    assert why["heat"].startswith("data:image/png")
    assert why["part"] == [0.125, 0, 0.875, 1]
    assert (why["similar"][0]["label"], why["similar"][0]["similarity"]) == ("glass", "0.99")
    assert why["notes"] == ["Note."]


def test_nothing_is_asked_before_somebody_opens_it():
    asked = []
    made = widget(lambda picture: asked.append(picture) or explanation())
    assert made.explainable
    assert made.why == {}
    assert asked == []


def test_a_widget_without_a_model_to_ask_explains_nothing():
    made = widget(explain=None)
    ask(made, 1)
    assert not made.explainable
    assert made.why == {}


@pytest.mark.parametrize("error", [AppError("The model is of an earlier version."), BadImage("This picture is gone.")])
def test_why_there_is_no_explanation_is_said(error):
    def refuse(_):
        raise error

    for made in (widget(explain=refuse), widget(picture_of=refuse)):
        ask(made, "cat/1.jpg")
        assert made.why == {"of": "cat/1.jpg", "kind": "refused", "sentence": str(error)}


def test_what_nobody_foresaw_is_a_sentence_without_its_reason():
    made = widget(lambda picture: {}["secret"])
    ask(made, 1)
    assert made.why["kind"] == "refused"
    assert "secret" not in made.why["sentence"]


@pytest.mark.parametrize("of", [None, True, 1.5, ["a"], {"a": 1}, "x" * 5000])
def test_what_names_no_picture_is_dropped(of):
    made = widget()
    ask(made, of)
    assert made.why == {}


def test_what_was_asked_of_an_earlier_picture_is_not_shown_under_a_later_one():
    async def main() -> dict:
        started, goes_on = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def slow(_):
            loop.call_soon_threadsafe(started.set)
            asyncio.run_coroutine_threadsafe(goes_on.wait(), loop).result()
            return explanation()

        made = widget(slow)
        ask(made, 1)
        await started.wait()
        assert made.why == {"of": 1, "kind": "looking"}
        made.forget_why()
        goes_on.set()
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task is not asyncio.current_task()))
        return made.why

    assert asyncio.run(main()) == {}
