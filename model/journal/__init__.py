"""Marks on pictures, applied and undone without loss. Knows files and SQL, no pixels and no model.

journal       the marks of a folder: mark, apply, undo, empty the trash
marks         the rows of marks, and the edits by which they were made
transactions  changes carried out all or none, finished or taken back after a kill
file_moves    moving files without ever overwriting one
folder_labels labels by class folders
csv_labels    labels by a CSV, written again in a cleaned copy
zip_export    the folder with its marks as a zip
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.journal.journal import Journal
    from model.journal.zip_export import zip_chunks, zip_size

__all__ = ["Journal", "zip_chunks", "zip_size"]
__getattr__ = on_first_use(__name__)
