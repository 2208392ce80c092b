"""The seven steps of training, written out by hand: no layers, no optimiser, no automatic gradients, just tensors.

    1  initialise   weights start small and at random
    2  predict      pictures go in, a score for each class comes out
    3  loss         one number that says how wrong the scores are
    4  gradient     how that number would change with each weight
    5  step         each weight moves a little, to where the loss is smaller
    6  repeat       steps 2 to 5 for the next few pictures, again and again
    7  stop         when the loss on pictures that were held back no longer falls

Each step is a function below, in this order; `train`, the last one, is all of them together. A network is a list of layers
with a relu between each and the next: one layer weighs the pixels, two can also weigh what the first has found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor


@dataclass(frozen=True)
class Layer:
    """What one layer has learned: `weights` is inputs × outputs, `bias` one number per output.

    A gradient has the same shape as the weights that it is of, so it is kept as layers too.
    """

    weights: Tensor
    bias: Tensor


@dataclass(frozen=True)
class SgdConfig:
    """How to train: how far a step goes, how many pictures share one, and when to stop.

    An epoch is once through all pictures. `held_back` is the share of the pictures that is not learned from but tells when
    to stop: after `patience` epochs in which the loss on them was no smaller than before, and at the latest after `epochs`.
    """

    rate: float = 0.1
    batch: int = 32
    epochs: int = 100
    patience: int = 8
    held_back: float = 0.1
    seed: int = 0


def initialise(widths: Sequence[int], generator: torch.Generator) -> list[Layer]:
    """Step 1. One layer between each width and the next: [64, 10] is one layer, [64, 30, 10] are two.

    If all weights were equal, all would get the same gradient and stay equal forever, so they are random. They are as
    small as they must be for a layer's outputs to be spread as widely as its inputs (He et al. 2015).
    """
    return [
        Layer(
            weights=torch.randn(inputs, outputs, generator=generator) * (2 / inputs) ** 0.5,
            bias=torch.zeros(outputs),
        )
        for inputs, outputs in pairwise(widths)
    ]


def predict(layers: Sequence[Layer], pictures: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Step 2. The logits, pictures × classes: a score for each class; and what went into each layer, for step 4.

    Every output is a sum of all inputs, each times its weight. The relu between two layers replaces what is negative by
    zero; without it two layers could do no more than one.
    """
    inputs = [pictures]
    for layer in layers[:-1]:
        inputs.append((inputs[-1] @ layer.weights + layer.bias).clamp(min=0))
    logits = inputs[-1] @ layers[-1].weights + layers[-1].bias
    return logits, inputs


def softmax(logits: Tensor) -> Tensor:
    """Scores as probabilities: all positive, and each row sums to 1."""
    powers = (logits - logits.max(dim=1, keepdim=True).values).exp()  # less the largest, so that none overflows
    return powers / powers.sum(dim=1, keepdim=True)


def loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Step 3. Cross-entropy: minus the logarithm of the probability given to the right class, averaged over the pictures.

    It is 0 for a network that is sure and right, log(classes) for one that knows nothing, and more for one that is sure
    and wrong.
    """
    right = softmax(logits)[torch.arange(len(labels)), labels]
    return -right.clamp(min=1e-30).log().mean()


def gradient(layers: Sequence[Layer], inputs: Sequence[Tensor], logits: Tensor, labels: Tensor) -> list[Layer]:
    """Step 4. How much the loss grows for each weight that grows, by the chain rule, from the last layer to the first.

    For the logits it is simply the probability that was given, less the one that should have been (1 for the right class, 0
    for the others). A weight moves its output by as much as its input, so its share is input times that difference.
    """
    error = softmax(logits)
    error[torch.arange(len(labels)), labels] -= 1
    error /= len(labels)  # the loss is a mean over the pictures
    gradients: list[Layer] = []
    for number in reversed(range(len(layers))):
        gradients.insert(0, Layer(weights=inputs[number].T @ error, bias=error.sum(dim=0)))
        if number > 0:
            error = error @ layers[number].weights.T  # back through the weights ...
            error = error * (inputs[number] > 0)  # ... and the relu: what it cut off had no influence
    return gradients


def step(layers: Sequence[Layer], gradients: Sequence[Layer], rate: float) -> list[Layer]:
    """Step 5. Against the gradient, where the loss shrinks; `rate`, the learning rate, says how far."""
    return [
        Layer(layer.weights - rate * slope.weights, layer.bias - rate * slope.bias)
        for layer, slope in zip(layers, gradients, strict=True)
    ]


def train(
    pictures: Tensor,
    labels: Tensor,
    widths: Sequence[int],
    config: SgdConfig = SgdConfig(),
    after_epoch: Callable[[int, float], None] = lambda epoch, held_loss: None,
) -> list[Layer]:
    """All seven steps: give the layers that did best on the pictures held back.

    `pictures` is pictures × pixels, in like ranges (see `Standardizer`), `labels` one class number each. `after_epoch` is
    called with the number of each epoch and the loss on the pictures held back; what it raises ends the training.
    """
    generator = torch.Generator().manual_seed(config.seed)
    shuffled = torch.randperm(len(pictures), generator=generator)
    held_back, learned = shuffled.tensor_split([max(1, int(config.held_back * len(pictures)))])
    layers = initialise(widths, generator)  # 1
    best, smallest, waited = layers, float("inf"), 0
    for epoch in range(1, config.epochs + 1):
        for batch in learned[torch.randperm(len(learned), generator=generator)].split(config.batch):
            logits, inputs = predict(layers, pictures[batch])  # 2, and with it all that 3 needs
            gradients = gradient(layers, inputs, logits, labels[batch])  # 4: the slope of the loss
            layers = step(layers, gradients, config.rate)  # 5
            # 6: and again, with the next batch
        held_loss = float(loss(predict(layers, pictures[held_back])[0], labels[held_back]))  # 3
        after_epoch(epoch, held_loss)
        if held_loss < smallest:
            best, smallest, waited = layers, held_loss, 0
        else:
            waited += 1
        if waited > config.patience:
            break  # 7
    return best


@dataclass(frozen=True)
class Standardizer:
    """How pixels are brought to a like range, so that one learning rate suits all their weights: mean 0, deviation 1.

    `floor` keeps a pixel that hardly ever changes (the border of a digit) from being blown up.
    """

    mean: Tensor
    deviation: Tensor
    floor: float = 0.1

    @classmethod
    def of(cls, pictures: Tensor) -> Standardizer:
        """Measured on the pictures that are learned from, pictures × pixels from 0 to 1, and used for all others too."""
        return cls(pictures.mean(dim=0), pictures.std(dim=0, correction=0))

    def __call__(self, pictures: Tensor) -> Tensor:
        return (pictures - self.mean) / self.deviation.clamp(min=self.floor)
