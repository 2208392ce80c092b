"""The trial that decides how to train on this machine."""

import copy
import json

import exports
import pytest
import torch

from model.training.precision import CANDIDATES, Precision, choose_precision

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path))
    return tmp_path / "precision.json"


def test_one_of_the_candidates_is_chosen_and_the_network_is_left_as_it_was():
    network = exports.tiny_network(3, 2)
    before, drawn = copy.deepcopy(network.state_dict()), torch.random.get_rng_state()
    assert choose_precision(network, "tiny", 32, CPU) in CANDIDATES
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert torch.equal(torch.random.get_rng_state(), drawn)


def test_what_was_found_is_kept_for_this_machine_and_not_tried_again(cache):
    network = exports.tiny_network(3, 2)
    found = choose_precision(network, "tiny", 32, CPU)
    ((key, kept),) = json.loads(cache.read_text()).items()
    assert Precision(**kept) == found
    other = next(candidate for candidate in CANDIDATES if candidate != found)
    cache.write_text(json.dumps({key: {"bfloat16": other.bfloat16, "channels_last": other.channels_last}}))
    assert choose_precision(network, "tiny", 32, CPU) == other


def test_a_record_that_cannot_be_read_or_written_only_costs_another_trial(cache, monkeypatch):
    cache.write_text("{")
    assert choose_precision(exports.tiny_network(3, 2), "tiny", 32, CPU) in CANDIDATES
    monkeypatch.setenv("VOILENS_CACHE", str(cache / "no folder"))
    assert choose_precision(exports.tiny_network(3, 2), "tiny", 32, CPU) in CANDIDATES


def test_devices_that_cannot_be_tried_get_plain_arithmetic():
    assert choose_precision(exports.tiny_network(3, 2), "tiny", 32, torch.device("mps")) == Precision()
