"""Everything except the screen: pictures, models, folders, training, serving. Knows no widget.

Import the module you need (`from model.classifier import Classifier`); this package itself loads nothing, so that a
light process can import `model.client` without torch.
"""
