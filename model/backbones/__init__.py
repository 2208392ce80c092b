"""Networks without their last layer, and the ImageNet weights they start from. Knows neither fastai nor data.

backbone           `find_backbone`: an architecture by its name, of this package, of torchvision or of timm
efficientnet_lite  EfficientNet-Lite from torch's and torchvision's own classes
packaged_weights   ImageNet weights that an installed package carries
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.backbones.backbone import DEFAULT, Backbone, find_backbone, known_names
    from model.backbones.packaged_weights import has_packaged_weights

__all__ = ["DEFAULT", "Backbone", "find_backbone", "has_packaged_weights", "known_names"]
__getattr__ = on_first_use(__name__)
