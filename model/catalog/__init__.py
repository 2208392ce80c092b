"""What lies in a folder and what is known of it: SQLite files, and pages of them. Does not know how the facts were found.

database    the whole schema, its version and migrations; how it is opened
scanner     `scan`: the files of the folder, brought up to date
filters     `Filter`: what a person asks to see, as SQL
rows        `Row`: one picture with all that is known of it
listing     `Listing`: the pictures of a filter, page by page, with their counts
judgements  what a measured model says of single pictures; which model has scored a folder
thumbnails  `Thumbnails`: small pictures, made by workers and kept
warmup      the thumbnails of the first pages, made beforehand
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.catalog.database import open_database, refusal, writing
    from model.catalog.filters import ISSUE, RANKED_ORDERS, Filter
    from model.catalog.judgements import ANSWERING, GENERAL, JUDGE, SCORED, keep_judgements
    from model.catalog.listing import PAGE, Facets, Listing, Progress, Range
    from model.catalog.rows import Row
    from model.catalog.scanner import INBOX, judge_copies, scan
    from model.catalog.thumbnails import Thumbnail, Thumbnails
    from model.catalog.warmup import likely_first, warm_up

__all__ = [
    "ANSWERING",
    "GENERAL",
    "INBOX",
    "ISSUE",
    "JUDGE",
    "PAGE",
    "RANKED_ORDERS",
    "SCORED",
    "Facets",
    "Filter",
    "Listing",
    "Progress",
    "Range",
    "Row",
    "Thumbnail",
    "Thumbnails",
    "judge_copies",
    "keep_judgements",
    "likely_first",
    "open_database",
    "refusal",
    "scan",
    "warm_up",
    "writing",
]
__getattr__ = on_first_use(__name__)
