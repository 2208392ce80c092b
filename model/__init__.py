"""Everything except the screen: pictures, models, folders, training, serving. Knows no widget.

Import the module you need (`from model.classifier import Classifier`); this package itself loads nothing, so that a
light process can import `model.client` without torch.
"""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before anything imports ONNX Runtime, which else keeps a device id
