"""The Publish part: the model that serves, as a page that others can open, made and proved by a run of its own.

panel      `PublishPanel`
publisher  what is shown: the ways, the progress, the proof, the next steps; publisher.js draws it, publish.css makes it up
ways       what each way costs, needs and gives up, in words, and the command that takes it

Knows widgets and runs, not how a page is made.
"""

from widgets.publish.panel import PublishPanel

__all__ = ["PublishPanel"]
