"""Leukemia cell-image workbench: read pictures, ask models, find cells; research use only.

The names below are the public interface; all else may change. Each is imported when it is first
used, so that ``import leuko`` costs nothing.

    read_picture(path) -> Picture        a file as uint8 (H, W, 3), RGB, upright
    list_models(folder) -> Inventory     which models are installed
    load_model(name) -> Classifier       one of them in memory
    Classifier.classify(pictures)        probabilities in [0, 1] and evidence, (K, h, w), in logits
    find_cells(pixels) -> CellMask       uint8 (h, w): 0 outside, 1 cytoplasm, 2 nucleus

Errors that a user can mend derive from :class:`leuko.errors.LeukoError`. An example is in
docs/API.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOMES = {
    "Classifier": "leuko.inference.classifier",
    "find_cells": "leuko.inspection.cells.segmentation",
    "list_models": "leuko.models.store",
    "load_model": "leuko.inference.load",
    "read_picture": "leuko.imaging.decoding.decode",
}

__all__ = ["Classifier", "__version__", "find_cells", "list_models", "load_model", "read_picture"]

if TYPE_CHECKING:
    from leuko.imaging.decoding.decode import read_picture
    from leuko.inference.classifier import Classifier
    from leuko.inference.load import load_model
    from leuko.inspection.cells.segmentation import find_cells
    from leuko.models.store import list_models
else:  # hidden from type checkers, to which any misspelt name would exist

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module 'leuko' has no attribute {name!r}")
        found = getattr(import_module(_HOMES[name]), name)
        globals()[name] = found  # found at once from now on
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
