"""What a page sent to the viewer."""

import base64
import json

import numpy as np


def sent_to_viewer(app):
    """The data of the one viewer on the page."""
    (viewer,) = app.get("bidi_component")
    return json.loads(viewer.proto.json)


def evidence_sent(data):
    """The maps in that data, float32 (K, h, w)."""
    maps = data["maps"]
    values = np.frombuffer(base64.b64decode(maps["evidence"]), "<f4")
    return values.reshape(-1, *maps["size"])
