"""A field with the outlines of its cells, as PNG."""

import io
from collections.abc import Mapping

from PIL import Image

from leuko.differential.counted import CellKey, CountedField
from leuko.imaging.picture import Picture
from leuko.imaging.rendering.cell_outlines import Outline, draw_outlines
from leuko.models.card import ModelCard
from leuko.workbench.exports.batch import heatmap_name

HASH_CHARS = 12
COUNT = "count"


def outlines_png(
    picture: Picture, field: CountedField, labels: Mapping[CellKey, str] | None = None
) -> bytes:
    """The picture at its own size, cells outlined and lettered by class.

    Args:
        picture: that was counted.
        field: its count.
        labels: by cell; None for the suggestions.
    """
    said = labels or {}
    outlines = [
        Outline(one.cell.outline, said.get(key, one.label)) for key, one in field.by_key.items()
    ]
    stream = io.BytesIO()
    Image.fromarray(draw_outlines(picture.pixels, outlines)).save(stream, "PNG")
    return stream.getvalue()


def outlines_name(picture: Picture, card: ModelCard, taken: set[str]) -> str:
    """Name of the file, which no other picture and no heatmap has.

    Args:
        picture: that was counted.
        card: of the model that counted.
        taken: names that are given out; gets the new one.
    """
    return heatmap_name(picture.name, card, taken, marks=[picture.sha256[:HASH_CHARS], COUNT])
