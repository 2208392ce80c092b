"""Gradio's usual page around an export, answering as soon as a photo is there: python -m benchmarks.gradio_peer EXPORT PORT."""

from __future__ import annotations

import sys
import warnings

import gradio
from fastai.vision.all import PILImage, load_learner

warnings.simplefilter("ignore")


def main(export: str, port: int) -> None:
    learner = load_learner(export)

    def classify(image):
        if image is None:
            return {}
        with learner.no_bar(), learner.no_logging():
            shares = learner.predict(PILImage.create(image))[2]
        return dict(zip(learner.dls.vocab, map(float, shares), strict=True))

    page = gradio.Interface(classify, gradio.Image(type="numpy"), gradio.Label(), live=True)
    page.launch(server_name="127.0.0.1", server_port=port, quiet=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
