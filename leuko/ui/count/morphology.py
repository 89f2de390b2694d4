"""The selected cell in a morphologist's words, where a model that describes cells is installed."""

from typing import TYPE_CHECKING

import streamlit as st

from leuko.errors import LeukoError
from leuko.models.attributes.store import InstalledAttributeModel, list_attribute_models
from leuko.models.card import WEIGHTS_FILE
from leuko.ui.state import resources as loaders
from leuko.workbench.uploads import TrayItem

if TYPE_CHECKING:
    from leuko.inference.attributes import AttributeReader
    from leuko.inspection.cells.found import Cell


def words_of_cell(item: TrayItem, cell: "Cell") -> list[str]:
    """What the cell looks like, as lines of text; none where no model describes cells.

    Args:
        item: file of its picture.
        cell: that was found in it.
    """
    model = next((one for one in list_attribute_models().models if one.has_weights), None)
    if model is None:
        return []
    from leuko.decision.morphology import describe_cells

    limits = loaders.limits()
    try:
        reader = _reader(model, model.card.model_dump_json(), weights_written(model))
        with item.room(limits):
            (words,) = describe_cells(reader, item.decode(limits).pixels, [cell])
    except LeukoError as problem:
        return [str(problem)]
    return [words.text]


def weights_written(model: InstalledAttributeModel) -> int:
    """When the file of its weights was written, nanoseconds; a changed one is read anew."""
    try:
        return (model.folder / WEIGHTS_FILE).stat().st_mtime_ns
    except OSError:
        return 0


@st.cache_resource(show_spinner=False, max_entries=1)
def _reader(_model: InstalledAttributeModel, card: str, written: int) -> "AttributeReader":
    """The one reader of this server; a changed card or file of weights makes another."""
    from leuko.inference.attributes import AttributeReader

    del card, written
    return AttributeReader.load(_model)
