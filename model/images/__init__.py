"""Bytes to pixels: strangers' pictures decoded safely, resized for a network, made small. Knows no label and no model.

decode      `open_picture`: untrusted bytes to an upright RGB picture; the one place that calls Image.open
containers  what lies around the pixels of a file; a JPEG that breaks off
pixels      a decoded picture of any mode to RGB, by the range of its numbers
transforms  `Transforms`, `Resize`: the pixels that a network takes
conditions  `conditions_of`: whether a picture is grey, dark or blurred
cutting     many pictures cut to the size that training keeps, by workers
framing     a picture opened and cut as a network takes it, here or as the task of a worker
sandbox     `Sandbox`: strangers' pictures for the model process, by workers; `frame_files`: many files
thumbnail   a small JPEG of a picture; a data URL to show it
workers     `WorkerPool`: worker processes; one that takes too long or too much memory is killed
worker      the program of a worker process
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.images.conditions import CONDITIONS, conditions_of
    from model.images.cutting import Cut, Pixels, Shorter, cut_all, cut_by, cut_name, cut_of
    from model.images.decode import Opened, looks_like_picture, open_for_answer, open_picture
    from model.images.framing import Framed, frame, frame_here
    from model.images.sandbox import Sandbox, frame_files
    from model.images.thumbnail import data_url, read_content, thumbnail_file, to_data_url, to_jpeg
    from model.images.transforms import Box, Resize, Transforms
    from model.images.worker import Task
    from model.images.workers import WORKERS, Answer, Outcome, WorkerPool

__all__ = [
    "CONDITIONS",
    "WORKERS",
    "Answer",
    "Box",
    "Cut",
    "Framed",
    "Opened",
    "Outcome",
    "Pixels",
    "Resize",
    "Sandbox",
    "Shorter",
    "Task",
    "Transforms",
    "WorkerPool",
    "conditions_of",
    "cut_all",
    "cut_by",
    "cut_name",
    "cut_of",
    "data_url",
    "frame",
    "frame_files",
    "frame_here",
    "looks_like_picture",
    "open_for_answer",
    "open_picture",
    "read_content",
    "thumbnail_file",
    "to_data_url",
    "to_jpeg",
]
__getattr__ = on_first_use(__name__)
