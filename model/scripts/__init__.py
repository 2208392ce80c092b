"""The scripts of a page, joined to texts that a browser loads. Knows no page and no widget; standard library only.

modules     JavaScript modules that import one another, joined to one text
javascript  where the comments and strings of JavaScript lie
page_files  scripts and styles as files that a server hands out and a browser keeps
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.scripts import page_files
    from model.scripts.javascript import ScriptError
    from model.scripts.modules import bundle, collection, follow, has_default, program

__all__ = ["ScriptError", "bundle", "collection", "follow", "has_default", "page_files", "program"]
__getattr__ = on_first_use(__name__)
