"""Who is served, and what `voila.json` says under "Guard"."""

from __future__ import annotations

import enum

import traitlets as t
from traitlets.config import LoggingConfigurable


class Served(enum.Enum):
    """Whom a server serves; what is allowed follows from it."""

    OWNER = "the owner"  # `voila app.ipynb`: this machine alone, with a token
    PUBLIC = "strangers"  # the same with VOILENS_PUBLIC=1
    JUPYTER = "a Jupyter server's user"  # who has the machine, as on Binder: Jupyter's own token guards it


class Guard(LoggingConfigurable):
    """The settings of `voila.json` under "Guard"."""

    names = t.List(t.Unicode(), help="Names beside localhost, 127.0.0.1 and [::1] that the owner's page answers to.").tag(
        config=True
    )
    beyond_this_machine = t.Bool(
        False, help="Let the owner's page be served on an address that other machines reach; its token is still asked for."
    ).tag(config=True)
    proxies = t.List(t.Unicode(), help="Addresses of reverse proxies whose word on where a visitor comes from is taken.").tag(
        config=True
    )
    visits = t.Int(0, min=0, help="The most visitors at once on a public page; 0: as many as the memory is enough for.").tag(
        config=True
    )
    kernel_memory = t.Int(
        400_000_000, min=0, help="The most bytes of memory that the kernel of one visitor may hold on a public page; 0: any."
    ).tag(config=True)
    silence = t.Int(
        0, min=0, help="Seconds without a browser after which a page ends; 0: 60 on a public page, 1800 on the owner's."
    ).tag(config=True)
    notebook = t.Unicode("app.ipynb", help="The notebook that is served where a folder is, not a notebook.").tag(config=True)
