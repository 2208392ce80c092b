"""The notebooks that the page is compared with, written to a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

EMPTY = ["import ipywidgets as ipw\nipw.Label('ready')"]

BUTTON = [
    "import ipywidgets as ipw\n"
    "button, label, n = ipw.Button(description='Classify'), ipw.Label(), 0\n"
    "def on_click(_):\n"
    "    global n\n"
    "    n += 1\n"
    "    label.value = f'answer {n}'\n"
    "button.on_click(on_click)\n"
    "ipw.VBox([button, label])"
]


def course(export: Path) -> list[str]:
    """A page as the fastai course teaches it: everything in the visitor's own kernel."""
    return [
        "from fastai.vision.all import *\nfrom ipywidgets import Button, FileUpload, Label, Output, VBox",
        f"learn_inf = load_learner({str(export)!r})",
        "upload, button, out_pl, lbl_pred = FileUpload(), Button(description='Classify'), Output(), Label()",
        "def on_click_classify(change):\n"
        "    img = PILImage.create(bytes(upload.value[-1]['content']))\n"
        "    out_pl.clear_output()\n"
        "    with out_pl: display(img.to_thumb(128, 128))\n"
        "    pred, pred_idx, probs = learn_inf.predict(img)\n"
        "    lbl_pred.value = f'Prediction: {pred}; Probability: {probs[pred_idx]:.04f}'\n"
        "button.on_click(on_click_classify)\n"
        "VBox([Label('Select your picture'), upload, button, out_pl, lbl_pred])",
    ]


def write(path: Path, cells: list[str]) -> Path:
    """A notebook of these code cells at `path`."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    body: list[dict[str, Any]] = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
        for n, source in enumerate(cells)
    ]
    path.write_text(json.dumps({"cells": body, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}))
    return path
