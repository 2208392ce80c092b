"""A page without a server: Classify wholly in the visitor's browser. Knows no kernel, and has no Python.

`model.publishing` writes its folder, from what site.json lists.

site         site.json: the scripts, styles, words and the template that it is made of
page         the page: its widgets are those of the page with a kernel
panel        photos in, answers out: what classify/panel.py does with one
explaining   why: what shared/explanation.py does with a kernel
hand_over    photos that stay on the page, in the place of shared/chunks.js
classifier   the model as the page asks it: a worker
quicker      a second model beside the first, once it is quicker and says the same
graphics     the model on the graphics processor
worker       photos opened and answered, one after the other
loading      how much is loading, and how far
downloads    the files of the model, fetched and checked
checksum     what tells one content from another
network      the network, run by onnxruntime-web
decode       a file to an upright picture, or refused
kinds        what a file is and how large its picture
jpeg         what the segments of a JPEG tell
cut_off      what there is of a picture that breaks off
framing      the cuts that the network's pixels come from
resample     larger and smaller, as Pillow does it
judge        what the network gives to an answer: sure, unsure or unfamiliar
why          what of a photo led to its answer
heat         the heat over it
neighbours   training pictures like it, where visitors may see them
refused      why there is no answer
corrections  what the visitor says of photos, saved as one file
offline      kept for times without a network, installed
keeper       the service worker that keeps it
kept_files   where its files are kept, so that none comes twice
words        words.json: the sentences that only this page says
static       the style sheet
"""
