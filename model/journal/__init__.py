"""Marks on pictures, applied and undone without loss. Knows files and SQL, no pixels and no model."""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.journal.journal import Journal
    from model.journal.zip_export import zip_chunks, zip_size

__all__ = ["Journal", "zip_chunks", "zip_size"]
__getattr__ = on_first_use(__name__)
