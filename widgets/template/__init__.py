"""The front end of the page that Voilà serves, in the place of Voilà's own: ipywidgets and a kernel, nothing else of Jupyter.

Knows no part of the page. Voilà takes the template, the guard serves the files; `make bundle` makes these, once for a release,
of the scripts here and of ipywidgets' own (`build/package.json` says which), and `built` says of what they were made.

index     index.html.j2: a notebook as HTML
first     first.html: how a page begins, sent before it is made
start     the first script, a part of the HTML: it asks the kernel for its widgets while the others are on their way
page      the widgets built where the notebook shows them; the style beneath the page's own
kernel    the websocket to the kernel: what is sent, what comes, opened again when it breaks
frames    one message of it, as bytes
manager   which widgets there are, and where their classes come from
controls  the controls that the page does not begin with, loaded when one is used
output    the output widget
build     what stands in the place of packages that the page does without
static    what was made, named by its content, with the licences
"""
