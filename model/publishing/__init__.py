"""A model to a page anywhere. Knows no widgets: pages are data to it.

static_site  `write_site`: the folder of a page without a server
precision    the network with weights in half precision, where the answers stay
runtime      the files of onnxruntime-web, fetched by package name, pinned by checksum
icons        the page's icons, drawn
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.publishing.static_site import write_site

__all__ = ["write_site"]
__getattr__ = on_first_use(__name__)
