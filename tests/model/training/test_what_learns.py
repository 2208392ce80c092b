"""Which layers learn and how fast, what their weights become, the head that they begin with: on networks of a few layers."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from samples import COLOURS, photo
from small_networks import small_body
from torch import nn
from torch.nn.functional import cross_entropy

from model.training.last_layer import start_head, temper
from model.training.layers import learning_groups
from model.training.loaders import BatchLoader
from model.training.network import join
from model.training.precision import Precision
from model.training.softening import AveragedWeights, RestingNorms, SoftTargets


def six_parts() -> nn.Sequential:
    parts = [nn.Sequential(nn.Conv2d(4, 4, 3, padding=1, groups=4), nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4)) for _ in range(6)]
    return join(nn.Sequential(*parts), 4, 2)


def test_the_first_third_of_a_body_rests_and_the_others_learn_the_faster_the_later():
    network = six_parts()
    groups = learning_groups(network, fresh=False)
    body, head = network
    assert not any(weight.requires_grad for part in body[:2] for weight in part.parameters())
    assert not any(part[0].weight.requires_grad for part in body)  # a filter for each channel
    shares = {id(weight): group.rate_share for group in groups for weight in group.weights}
    middle, late, last = body[2][1].weight, body[5][1].weight, head[-1].weight
    assert shares[id(middle)] < shares[id(late)] <= shares[id(last)] == 1.0
    assert {id(weight) for group in groups for weight in group.weights} == {
        id(weight) for weight in network.parameters() if weight.requires_grad
    }
    decayed = [weight.ndim for group in groups if group.decay for weight in group.weights]
    assert min(decayed) > 1
    assert all(weight.ndim == 1 for group in groups if not group.decay for weight in group.weights)


def test_all_of_a_network_that_knows_nothing_learns_alike_and_a_body_of_two_parts_learns_as_a_whole():
    network = six_parts()
    assert {group.rate_share for group in learning_groups(network, fresh=True)} == {1.0}
    assert all(weight.requires_grad for weight in network.parameters())
    small = join(nn.Sequential(nn.Conv2d(3, 4, 1), nn.Conv2d(4, 4, 1)), 4, 2)
    assert sum(len(group.weights) for group in learning_groups(small, fresh=False)) == 6


@pytest.mark.parametrize(("start", "expected"), [(0.0, [19, 39]), (0.2, [15.2, 31.2])])
def test_validation_sees_the_average_of_weights_and_of_their_start_and_training_goes_on_with_its_own(start, expected):
    network = nn.Linear(1, 1, bias=False)
    nn.init.constant_(network.weight, 0.0)
    average = AveragedWeights(0.5, start)
    average.learn = SimpleNamespace(model=network)
    average.before_fit()
    seen = []
    for step in range(1, 41):
        nn.init.constant_(network.weight, float(step))
        average.after_step()
        if step % 20 == 0:
            average.before_validate()
            seen.append(network.weight.item())
            average.before_train()
            assert network.weight.item() == step
    assert seen == pytest.approx(expected, abs=0.01)  # of steps that each count for half of the next one


def test_batch_norms_keep_their_figures_while_others_learn():
    network = nn.Sequential(nn.BatchNorm2d(3), nn.Dropout())
    resting = RestingNorms()
    resting.learn = SimpleNamespace(model=network)
    network.train()
    resting.before_train()
    network(torch.rand(4, 3, 8, 8) + 5)
    assert (network[0].running_mean == 0).all()
    assert network[1].training


def test_learning_is_from_softened_labels_and_mixed_pictures_and_the_loss_that_is_told_from_plain_ones():
    torch.manual_seed(0)
    logits, labels, pictures = torch.randn(6, 3), torch.arange(6) % 3, torch.rand(6, 3, 4, 4)

    def learned_from(**softness) -> SimpleNamespace:
        learner = SimpleNamespace(training=True, xb=(pictures,), yb=(labels,), pred=logits, loss_grad=None, loss="told")
        soft = SoftTargets(**softness)
        soft.learn = learner
        soft.before_batch()
        soft.after_loss()
        return learner

    plain, smooth = learned_from(smoothing=0.0), learned_from(smoothing=0.1)
    assert plain.loss_grad == pytest.approx(cross_entropy(logits, labels))
    assert smooth.loss_grad == pytest.approx(cross_entropy(logits, labels, label_smoothing=0.1))
    assert smooth.loss == "told"
    mixed = learned_from(smoothing=0.0, mixing=1.0)
    assert mixed.xb[0].mean() == pytest.approx(pictures.mean())
    assert not torch.equal(mixed.xb[0], pictures)
    assert mixed.loss_grad != pytest.approx(plain.loss_grad)


def test_a_head_is_fitted_to_what_the_body_sees_and_a_stop_leaves_it():
    pictures = [photo(32, 32, seed=number, tint=COLOURS[number % 3]) for number in range(30)]
    targets = [number % 3 for number in range(30)]
    torch.manual_seed(0)
    network = join(small_body(3), 32, 3)
    loader = BatchLoader(pictures, targets, 32, 8)
    before = network[1][-1].weight.clone()
    assert start_head(network, loader, Precision(), lambda event: None, lambda: True)
    assert torch.equal(network[1][-1].weight, before)
    events: list[dict] = []
    assert not start_head(network, loader, Precision(), events.append, lambda: False)
    with torch.no_grad():
        answers = torch.cat([network.eval()(batch).argmax(1) for batch, _ in loader]).numpy()
    assert (answers == np.array(targets)).mean() > 0.8
    assert events[-1]["done"] == 1


def test_a_network_that_is_too_sure_is_tempered_and_answers_the_same():
    pictures = [photo(32, 32, seed=number) for number in range(60)]
    torch.manual_seed(0)
    network = join(small_body(3), 32, 2).eval()

    def answers() -> torch.Tensor:
        with torch.no_grad():
            return torch.cat([network(batch) for batch, _ in BatchLoader(pictures, [0] * 60, 32, 60)])

    loader = BatchLoader(pictures, [number % 2 for number in range(60)], 32, 8)  # labels that nothing tells
    network[1][-1].weight.data *= 500
    before = answers()
    temper(network, BatchLoader(pictures[:20], [0] * 20, 32, 8), Precision())
    assert torch.equal(answers(), before)  # too few to tell from
    temper(network, loader, Precision())
    assert answers().abs().mean() < 0.5 * before.abs().mean()
    assert torch.equal(answers().argmax(1), before.argmax(1))
