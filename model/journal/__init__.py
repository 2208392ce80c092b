"""Marks on pictures, applied and undone without loss. Knows files and SQL, no pixels and no model.

journal        `Journal`, what other packages call: mark, undo, review, apply, undo the apply, empty the trash
marks          marks as rows, with their undo and redo
transactions   an apply and its undo, resumed after a crash
file_moves     files moved, and moved back, never over another
folder_labels  labels that are class folders
csv_labels     labels that are a CSV file
zip_export     the folder with its marks applied, as a zip made while it is sent
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.journal.journal import Journal
    from model.journal.zip_export import zip_chunks, zip_size

__all__ = ["Journal", "zip_chunks", "zip_size"]
__getattr__ = on_first_use(__name__)
