"""A folder of pictures to items with labels and splits. Knows no pixels and no torch.

dataset       a folder of class folders, or with a CSV, to a Dataset
splits        training, validation and test: their folders, and who goes where
label_csv     labels in a CSV, read
names         what a class and a picture may be called
sizes         how large the pictures are
summary       what lies in a folder, before anything is learned from it
digits        the built-in data
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.data.dataset import Dataset, check_trainable, find_folder, read_dataset, split_folders, visible_folders
    from model.data.digits import DIGITS
    from model.data.label_csv import read_labels
    from model.data.mirroring import Mirroring, classes_around, guess_mirroring
    from model.data.names import check_new_class_name, class_name_of, file_name_of, is_folder_name
    from model.data.sizes import shorter_sides
    from model.data.splits import SPLIT_NAMES
    from model.data.summary import summarize

__all__ = [
    "DIGITS",
    "SPLIT_NAMES",
    "Dataset",
    "Mirroring",
    "check_new_class_name",
    "check_trainable",
    "class_name_of",
    "classes_around",
    "file_name_of",
    "find_folder",
    "guess_mirroring",
    "is_folder_name",
    "read_dataset",
    "read_labels",
    "shorter_sides",
    "split_folders",
    "summarize",
    "visible_folders",
]
__getattr__ = on_first_use(__name__)
