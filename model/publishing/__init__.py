"""A model to a page anywhere, and the proof of it before it counts as published. Knows no widgets: pages are data to it.

publication    `publish`, `Published`: made beside its place, proved, put there, reported
placing        a folder made beside its place and put there; what is not ours stays
proof          `Proof`, `Check`: what was looked at and what came of it; how heavy a folder may be
report         the proof as JSON and as a page, beside what was published
privacy        what of the owner's must not be in a folder for strangers
static         `publish_static`: a page without a server, made and proved
site_checks    what is proved of such a page, by what a browser saw and Python answers
browser        a page opened in Chromium, asked, and asked again with its server gone
local_server   a folder served below a path of its own, as any web server would
memory         what a process and all that it started hold
precision      the network with weights in half precision, where the answers stay
runtime        the files of onnxruntime-web, fetched by package name, pinned by checksum
examples       `keep_examples`: six validation pictures beside a model, where its owner says so
static_site    `write_site`: the folder of a page without a server
binder         `publish_binder`: a repository that Binder runs, with its badge
container      `publish_container`: the files of a container and of the proxy before it
ray_serve      `publish_ray`: the page, and replicas of its model process that Ray Serve runs
served_page    what these have in common: the program, its pins without torch, a model in its safe form
trial          such a page installed, served, asked and weighed as its host will
replicas_trial replicas started by a Ray of this machine, asked, and the page that asks them
trial_picture  the pictures that they are asked about
neighbours_file  training pictures that visitors may see, as one file of such a page
icons          the page's icons, drawn
card_markdown  the model's card for people, as Markdown
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.publishing.binder import publish_binder
    from model.publishing.browser import find_chromium, look
    from model.publishing.card_markdown import as_markdown
    from model.publishing.container import publish_container
    from model.publishing.examples import keep_examples
    from model.publishing.proof import Check, Proof
    from model.publishing.publication import Published
    from model.publishing.ray_serve import publish_ray
    from model.publishing.served_page import ServedModel
    from model.publishing.site_checks import check_answers
    from model.publishing.static import publish_static
    from model.publishing.static_site import write_site

__all__ = [
    "Check",
    "Proof",
    "Published",
    "ServedModel",
    "as_markdown",
    "check_answers",
    "find_chromium",
    "keep_examples",
    "look",
    "publish_binder",
    "publish_container",
    "publish_ray",
    "publish_static",
    "write_site",
]
__getattr__ = on_first_use(__name__)
