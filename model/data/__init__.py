"""A folder of pictures to items with labels and splits. Knows no pixels and no torch.

dataset    `Dataset`, `read_dataset`: what a folder holds; what can be trained on
splits     train, valid and test: what their folders are called, which picture goes where
split_record  on which side each picture is, kept in the folder
label_csv  labels in a CSV beside the pictures: its columns, its form
labelled_files  which file of the folder a name in such a CSV means
folders    class folders and split folders, what is taken of them and what is left out
file_kinds  what a file is that was given for a folder
zip_import  a zip of pictures, opened beside itself within limits
remote_folder  a folder at an address that fsspec knows, copied here
suggestions  `Suggestion`: what was probably meant by a folder that cannot be taken
names      what a class and a picture may be called; classes that differ by case only
sizes      how large the pictures are, without decoding them
digits     scikit-learn's handwritten digits as a folder
summary    what a folder holds, for a person to see before anything runs
mirroring  whether pictures may be mirrored: one guess, with its reason
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.data.dataset import Dataset, check_trainable, find_folder, read_dataset
    from model.data.digits import DIGITS
    from model.data.folders import split_folders, visible_folders
    from model.data.label_csv import CsvForm, form_of, read_labels
    from model.data.labelled_files import FileFinder
    from model.data.mirroring import Mirroring, classes_around, guess_mirroring
    from model.data.names import (
        check_new_class_name,
        class_name_of,
        file_name_of,
        is_called_picture,
        is_folder_name,
        is_ignored,
    )
    from model.data.remote_folder import copy_folder, is_address
    from model.data.sizes import shorter_sides
    from model.data.splits import SPLIT_NAMES, split_of
    from model.data.suggestions import Suggestion, suggest
    from model.data.summary import summarize
    from model.data.zip_import import open_zip

__all__ = [
    "DIGITS",
    "SPLIT_NAMES",
    "CsvForm",
    "Dataset",
    "FileFinder",
    "Mirroring",
    "Suggestion",
    "check_new_class_name",
    "check_trainable",
    "class_name_of",
    "classes_around",
    "copy_folder",
    "file_name_of",
    "find_folder",
    "form_of",
    "guess_mirroring",
    "is_address",
    "is_called_picture",
    "is_folder_name",
    "is_ignored",
    "open_zip",
    "read_dataset",
    "read_labels",
    "shorter_sides",
    "split_folders",
    "split_of",
    "suggest",
    "summarize",
    "visible_folders",
]
__getattr__ = on_first_use(__name__)
