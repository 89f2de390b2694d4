"""What the viewer is told about evidence: every class's map as it is, and words about each.

The browser lays the maps over the picture, colours and scales them, so that class, colours, scale
and layout change there without asking again.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from leuko.decision.evidence_remark import NO_CELL
from leuko.imaging.rendering.colormaps import COLOUR_MAPS, DEFAULT_MAP, colour_table
from leuko.imaging.rendering.overlay import DEFAULT_OPACITY
from leuko.inference.heatmaps.methods import Layer, Method
from leuko.inference.result import Result
from leuko.labels import class_title
from leuko.models.card import ModelCard
from leuko.workbench.formatting import probability_text

"""Of the overlay, on the screen at first and in every download."""
ANY_CLASS = "Any class"
BEYOND = "The strongest evidence lies outside the picture, where the model pads it to a square."


@dataclass(frozen=True)
class Batch:
    """A common scale for all pictures that one model has seen in a session.

    Attributes:
        pictures: how many.
        top: strongest evidence for any class in any of them; 0 offers no common scale.
    """

    pictures: int = 0
    top: float = 0.0

    @classmethod
    def of(cls, results: Iterable[Result]) -> "Batch":
        """The scale of results whose evidence is of one method, layer and model."""
        tops = [float(result.evidence.max()) for result in results]
        return cls(len(tops), max(tops, default=0.0))


def heat_data(
    result: Result,
    card: ModelCard,
    method: Method = Method.GRAD_CAM,
    layer: Layer | None = None,
    *,
    batch: Batch | None = None,
    remarks: Mapping[str, str] | None = None,
    first: str | None = None,
) -> dict[str, object]:
    """All that the viewer draws of a result, beside the picture itself.

    Args:
        result: with the evidence of that method and layer.
        card: of the model.
        method: that made the evidence.
        layer: it was read from; None for the card's own.
        batch: common scale; taken only where the method's strengths may be compared.
        remarks: by class name, a word in parentheses behind its title.
        first: class whose evidence is shown until another is asked for; by default the suggested.

    Returns:
        ``maps`` (evidence as little-endian float32 in base64, size, place of the picture),
        ``classes``, ``chosen`` (place of the class shown first), ``unit``, ``absolute``, ``batch``,
        ``beyond``, ``notice``.
    """
    names = list(result.probabilities)
    said = remarks or {}
    by = method.title if layer is None else f"{method.title} at {layer.title}"
    if method.by_class:
        shown = [_class_words(result, name, by, said.get(name, "")) for name in names]
        evidence, chosen = result.evidence, names.index(first or result.label)
    else:
        shown = [_any_class(result, by)]
        evidence, chosen = result.evidence[:1], 0
    for each in shown:
        each["headline"] = f"{card.title}: {each['title']} {each['share']}".strip()
    return {
        "maps": {
            "evidence": encoded(evidence.astype("<f4")),
            "size": list(evidence.shape[1:]),
            "side": result.side_px,
            "area": list(result.area),
        },
        "classes": shown,
        "chosen": chosen,
        "unit": method.unit,
        "absolute": method.absolute,
        "batch": _batch_words(batch if method.absolute and batch else Batch()),
        "beyond": BEYOND,
        "notice": "",
        "mask": _mask(result),
    }


def without_maps(data: Mapping[str, object], notice: str) -> dict[str, object]:
    """The same without any evidence: a sentence stands in place of every heatmap.

    Args:
        data: of :func:`heat_data`.
        notice: why there is no heatmap.
    """
    return {**data, "maps": None, "notice": notice, "batch": _batch_words(Batch())}


def settings() -> dict[str, object]:
    """Colour tables, and what the viewer shows before anything is changed."""
    return {
        "tables": _tables(),
        "colours": DEFAULT_MAP,
        "opacity": round(100 * DEFAULT_OPACITY),
    }


def encoded(values: NDArray[np.generic]) -> str:
    """The bytes of an array, row by row, in base64."""
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")


@cache
def _tables() -> dict[str, str]:
    return {name: encoded(colour_table(name)) for name in COLOUR_MAPS}


def _class_words(result: Result, name: str, by: str, remark: str) -> dict[str, object]:
    title = class_title(name)
    cells, outside = cells_words(result, name)
    return {
        "title": f"{title} ({remark})" if remark else title,
        "share": probability_text(result.probabilities[name]),
        "caption": f"{by}: evidence for {title}",
        "notice": f"No positive evidence for {title} in this picture.",
        "on_cells": cells,
        "outside": outside,
    }


def _any_class(result: Result, by: str) -> dict[str, object]:
    cells, outside = cells_words(result, result.label)
    return {
        "title": ANY_CLASS,
        "share": "",
        "caption": f"{by}: what stood out, whatever the class",
        "notice": "Nothing stood out in this picture.",
        "on_cells": cells,
        "outside": outside,
    }


def cells_words(result: Result, label: str) -> tuple[str, bool]:
    """How the evidence is spread over leukocytes, and whether most of it lies outside them.

    Args:
        result: with or without a mask of cells.
        label: class asked about.

    Returns:
        (sentence, warn); the sentence is empty when nobody looked for cells or there is no
        positive evidence.
    """
    if result.cells is None or not result.has_evidence(label):
        return "", False
    shares = result.on_cells(label)
    if shares is None:
        return NO_CELL, False
    nucleus, cytoplasm = round(100 * shares.nucleus), round(100 * shares.cytoplasm)
    words = (
        f"{nucleus} % nucleus, {cytoplasm} % cytoplasm, "
        f"{max(0, 100 - nucleus - cytoplasm)} % outside cells"
    )
    if shares.mostly_outside:
        return f"Evidence mostly outside the cells: {words}", True
    return f"Evidence: {words}", False


def _mask(result: Result) -> dict[str, object] | None:
    if result.cells is None or not result.cells.any():
        return None
    return {"values": encoded(result.cells), "size": list(result.cells.shape)}


def _batch_words(batch: Batch) -> dict[str, object]:
    offered = replace(batch, top=batch.top if batch.pictures > 1 else 0.0)
    return {
        "top": offered.top,
        "title": f"all {batch.pictures} pictures of this batch",
        "meaning": (
            f"Full colour: the maximum for any class in all {batch.pictures} pictures of "
            "this batch that this model has read."
        ),
    }
