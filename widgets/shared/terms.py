"""The field's words that the page uses, each with one plain sentence: the only table of them. Knows no widget.

A script made by `script_with_terms` may write `term("loss")`: the word, and a small button that shows its sentence.
"""

from __future__ import annotations

import json

from widgets.shared.assets import script

TERMS = {
    "accuracy": "The share of pictures that the model calls by the right name.",
    "answered": "The share of pictures for which the model is sure enough to give an answer without a question mark.",
    "architecture": "The plan of the network: how many layers it has and how they are joined; resnet18 is small and quick.",
    "augmentation": "A small random change of a picture while training (turned, mirrored, brighter), so that the model "
    "learns the thing and not the one photo of it.",
    "baseline": "A very simple method on the same pictures: a model that does not beat it has learned nothing worth having.",
    "batch": "The pictures that the model looks at together before its weights take one step.",
    "calibration": "Whether the shares can be taken at their word: of all answers given with 80 %, 80 % should be right.",
    "class": "One of the names that the model chooses from; each has a folder of pictures.",
    "confusion matrix": "A table with the true class of the pictures down the side and the model's answer along the top; "
    "what lies off the diagonal is a mistake.",
    "epoch": "One pass through all the training pictures.",
    "fine-tuning": "Starting from a network that has learned to see on other pictures, and teaching it yours, which needs "
    "far fewer pictures and less time than starting from nothing.",
    "interval": "If the test were repeated with other pictures of the same kind, the accuracy would lie in this range 95 "
    "times out of 100; few pictures give a wide range.",
    "learning rate": "How large a step the weights take after each batch: too small learns slowly, too large learns nothing.",
    "loss": "One number for how wrong the model is and how sure it was of it; training makes it smaller.",
    "metric": "A number for people, such as accuracy; the loss is the number that training itself works with.",
    "overfitting": "Learning the training pictures by heart: better and better on these, no better or worse on new ones.",
    "precision": "Of the pictures that the model gave this name, the share that deserved it.",
    "random crop": "Showing the model another part of the picture each time, so that place and size stop mattering.",
    "recall": "Of the pictures that truly are of this class, the share that the model found.",
    "seed": "The number that chance starts from: the same seed gives the same split, the same crops and the same result.",
    "size": "The pixels along each side of what the model sees: more show finer detail and take longer.",
    "test": "Pictures kept for the very end: who looks at them often begins to choose by them, and then they prove nothing.",
    "top losses": "The pictures on which the model was most sure of a wrong answer: look here first for wrong labels.",
    "training": "The pictures that the model learns from, shown to it again in every epoch.",
    "underfitting": "Having learned too little: still wrong on the very pictures it was trained with.",
    "validation": "Pictures that the model does not learn from, kept to see after every epoch how it does on new ones.",
}


def script_with_terms(name: str) -> str:
    """The browser's side called `name`, with the table and the button that shows its sentences."""
    return f"const TERMS = {json.dumps(TERMS)};\n" + script("shared/terms", name)
