"""Everything that is learned: pictures in, predictions out. Knows pictures, knows no screen.

Import the module you need (`from model.classifier import Classifier`); this package itself loads nothing, so that a
light process can import `model.client` without torch.
"""
