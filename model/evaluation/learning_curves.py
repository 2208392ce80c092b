"""Signs of over- and underfitting, named in one sentence, from the losses of each epoch. Standard library only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from model.core import percent

JUMPED = 3.0  # times its best, to which a validation loss does not rise by learning alone
RISEN = 1.1  # times its best, from which a validation loss has risen
FAR_UNDER = 0.5  # of the validation loss: a training loss that is far under it
MATTERS = 0.1  # validation loss under which such a gap is no matter
FALLING = 0.05  # share that both losses lose in the last epoch when training ended too early
LEARNED = 0.9  # of the first validation loss, above which hardly anything was learned
GOOD = 0.9  # accuracy from which little remains to be learned


def verdict_on_fit(history: Sequence[dict[str, Any]]) -> str | None:
    """What the epochs ({train_loss, valid_loss, accuracy}) say, or None when they show neither sign.

    Augmented training pictures are harder than those of the validation, so a training loss above the validation loss is no
    sign of anything.
    """
    if len(history) < 2:
        return None
    first, before, last = history[0], history[-2], history[-1]
    train, valid = last["train_loss"], last["valid_loss"]
    if not (math.isfinite(train) and math.isfinite(valid)):
        return "The loss ran away to infinity: the learning rate is too high. Use a tenth of it."
    best = min(history, key=lambda epoch: epoch["valid_loss"])
    risen = valid > RISEN * best["valid_loss"]
    if risen and train > RISEN * first["train_loss"]:
        return (
            f"Both losses have grown (training {first['train_loss']:.2f} to {train:.2f}): the learning rate is too high. "
            "Use a tenth of it."
        )
    if valid > JUMPED * best["valid_loss"] and train > LEARNED * best["valid_loss"]:
        return (
            f"Unsteady: the validation loss jumped from {best['valid_loss']:.2f} to {valid:.2f}, and the network knows the "
            f"pictures that it learns from no better (training loss {train:.2f}). More epochs or a lower learning rate help."
        )
    if risen and train < best["train_loss"] and train < valid:
        return _overfitting(history, best, last)
    if train < FAR_UNDER * valid and valid > MATTERS:
        return (
            f"Signs of overfitting: the training loss ({train:.2f}) is far under the validation loss ({valid:.2f}), so the "
            "network knows its own pictures much better than new ones. More pictures or stronger augmentation help."
        )
    if last["accuracy"] >= GOOD:
        return None
    if valid < (1 - FALLING) * before["valid_loss"] and train < (1 - FALLING) * before["train_loss"]:
        return (
            "Underfitting, because it ended too early: both losses were still falling (validation "
            f"{before['valid_loss']:.2f} to {valid:.2f} in the last epoch). Train for more epochs."
        )
    if valid > LEARNED * first["valid_loss"] and train > LEARNED * first["train_loss"]:
        return (
            f"Underfitting: the losses have hardly fallen (validation {first['valid_loss']:.2f} to {valid:.2f}), so little was "
            "learned. Try more epochs, a higher learning rate, larger pictures, or check the labels."
        )
    return None


def _overfitting(history: Sequence[dict[str, Any]], best: dict[str, Any], last: dict[str, Any]) -> str:
    since = f"since epoch {history.index(best) + 1} the validation loss has risen from {best['valid_loss']:.2f} to "
    both = f"{last['valid_loss']:.2f} while the training loss fell to {last['train_loss']:.2f}"
    if last["accuracy"] >= best["accuracy"]:
        return (
            f"Signs of overfitting: {since}{both}; the accuracy did not suffer ({percent(last['accuracy'])}), but the network "
            "grows surer than it should be. Fewer epochs or more pictures help."
        )
    fell = f"fell from {percent(best['accuracy'])} to {percent(last['accuracy'])}"
    return (
        f"Overfitting: {since}{both}, so the network learns its pictures by heart, and the accuracy on new ones {fell}. "
        "Fewer epochs, stronger augmentation or more pictures help."
    )
