"""The seven steps by hand, against nudging each weight, against autograd, and on something that can be learned."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
import torch

from model.evaluation import from_scratch
from model.evaluation.from_scratch import Layer, SgdConfig, Standardizer

WIDTHS = {"one layer": [6, 4], "two layers": [6, 5, 4], "three layers": [6, 5, 5, 4]}


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """So small products only lose by several."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def chance() -> torch.Generator:
    return torch.Generator().manual_seed(3)


def network(widths: list[int], chance: torch.Generator) -> tuple[list[Layer], torch.Tensor, torch.Tensor]:
    """Layers in double precision with biases that are not zero, nine pictures, their labels."""
    layers = [
        Layer(layer.weights.double(), torch.randn(layer.bias.shape, generator=chance).double())
        for layer in from_scratch.initialise(widths, chance)
    ]
    pictures = torch.randn(9, widths[0], generator=chance).double()
    return layers, pictures, torch.randint(0, widths[-1], (9,), generator=chance)


def loss_of(layers: list[Layer], pictures: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return from_scratch.loss(from_scratch.predict(layers, pictures)[0], labels)


def by_hand(layers: list[Layer], pictures: torch.Tensor, labels: torch.Tensor) -> list[torch.Tensor]:
    logits, inputs = from_scratch.predict(layers, pictures)
    gradients = from_scratch.gradient(layers, inputs, logits, labels)
    return [tensor for layer in gradients for tensor in (layer.weights, layer.bias)]


@pytest.mark.parametrize("widths", WIDTHS.values(), ids=WIDTHS.keys())
def test_each_gradient_is_how_the_loss_changes_when_the_weight_is_nudged(widths, chance):
    layers, pictures, labels = network(widths, chance)
    found = by_hand(layers, pictures, labels)
    nudge = 1e-6
    for place, tensor in enumerate(tensor for layer in layers for tensor in (layer.weights, layer.bias)):
        flat, gradients = tensor.view(-1), found[place].reshape(-1)
        for number in range(len(flat)):
            kept = flat[number].item()
            flat[number] = kept + nudge
            above = loss_of(layers, pictures, labels)
            flat[number] = kept - nudge
            below = loss_of(layers, pictures, labels)
            flat[number] = kept
            assert float(gradients[number]) == pytest.approx(float(above - below) / (2 * nudge), abs=1e-8)


@pytest.mark.parametrize("widths", WIDTHS.values(), ids=WIDTHS.keys())
def test_the_gradients_equal_those_of_autograd(widths, chance):
    layers, pictures, labels = network(widths, chance)
    parameters = [t.clone().requires_grad_() for layer in layers for t in (layer.weights, layer.bias)]
    outputs = pictures
    for number in range(0, len(parameters), 2):
        outputs = (outputs.relu() if number else outputs) @ parameters[number] + parameters[number + 1]
    torch.nn.functional.cross_entropy(outputs, labels).backward()
    for found, parameter in zip(by_hand(layers, pictures, labels), parameters, strict=True):
        torch.testing.assert_close(found, parameter.grad)


def test_the_loss_is_torchs_cross_entropy_even_of_huge_scores(chance):
    for spread in (1, 1000):
        logits = spread * torch.randn(20, 5, generator=chance)
        labels = logits.argmax(dim=1)
        expected = torch.nn.functional.cross_entropy(logits, labels)
        torch.testing.assert_close(from_scratch.loss(logits, labels), expected)
        assert torch.isfinite(from_scratch.loss(logits, (labels + 1) % 5))


def test_a_network_that_knows_nothing_has_the_logarithm_of_the_classes_as_its_loss():
    assert float(from_scratch.loss(torch.zeros(7, 10), torch.arange(7))) == pytest.approx(math.log(10))


def test_weights_start_at_random_and_keep_the_spread_of_what_goes_through(chance):
    layers = from_scratch.initialise([400, 300, 300, 10], chance)
    outputs = torch.randn(500, 400, generator=chance)
    for layer in layers[:-1]:
        outputs = (outputs @ layer.weights).clamp(min=0)
        assert float(outputs.square().mean().sqrt()) == pytest.approx(1, abs=0.2)
    assert all(layer.bias.abs().sum() == 0 for layer in layers)


def test_a_step_against_the_gradient_makes_the_loss_smaller(chance):
    layers, pictures, labels = network([6, 5, 4], chance)
    logits, inputs = from_scratch.predict(layers, pictures)
    after = from_scratch.step(layers, from_scratch.gradient(layers, inputs, logits, labels), 0.05)
    assert loss_of(after, pictures, labels) < loss_of(layers, pictures, labels)


def rings(count: int, chance: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Points in a plane, and whether each is far from the middle: no line tells these apart."""
    points = 2 * torch.rand(count, 2, generator=chance) - 1
    return points, (points.norm(dim=1) > 0.75).long()


def accuracy(layers: list[Layer], points: torch.Tensor, labels: torch.Tensor) -> float:
    return float((from_scratch.predict(layers, points)[0].argmax(dim=1) == labels).float().mean())


def test_two_layers_with_a_relu_learn_what_one_layer_cannot(chance):
    points, labels = rings(400, chance)
    others, theirs = rings(400, chance)
    assert accuracy(from_scratch.train(points, labels, [2, 16, 2], SgdConfig(rate=0.2, epochs=60)), others, theirs) > 0.9
    assert accuracy(from_scratch.train(points, labels, [2, 2], SgdConfig(rate=0.2, epochs=60)), others, theirs) < 0.7


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(chance):
    points, labels = rings(100, chance)
    first, again, other = (
        from_scratch.train(points, labels, [2, 4, 2], SgdConfig(epochs=3, seed=seed))[0].weights for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_training_stops_when_the_pictures_held_back_no_longer_profit_and_keeps_the_best(chance):
    points = torch.randn(60, 40, generator=chance)
    labels = torch.randint(0, 2, (60,), generator=chance)  # nothing to learn but by heart
    losses = []
    best = from_scratch.train(
        points, labels, [40, 2], SgdConfig(rate=0.5, patience=3, held_back=0.5), lambda epoch, loss: losses.append(loss)
    )
    assert len(losses) < 100
    assert min(losses) == losses[-5], "it waits for four epochs after the best"
    held_back = torch.randperm(60, generator=torch.Generator().manual_seed(0))[:30]
    assert float(loss_of(best, points[held_back], labels[held_back])) == pytest.approx(min(losses))


def test_what_is_raised_after_an_epoch_ends_the_training(chance):
    points, labels = rings(50, chance)

    def raise_at_two(epoch: int, loss: float) -> None:
        if epoch == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        from_scratch.train(points, labels, [2, 2], SgdConfig(), raise_at_two)


def test_scaled_pixels_have_mean_0_and_deviation_1_but_for_those_that_hardly_change(chance):
    pixels = torch.rand(200, 3, generator=chance) * torch.tensor([1.0, 0.5, 0.001]) + 0.2
    scaled = Standardizer.of(pixels)(pixels)
    assert scaled.mean(dim=0).abs().max() < 1e-4
    assert scaled.std(dim=0, correction=0)[:2].tolist() == pytest.approx([1, 1], abs=1e-4)
    assert scaled[:, 2].abs().max() < 0.01
