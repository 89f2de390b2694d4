"""Find, cut and classify the leukocytes of fields, for the page and the command line alike."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from leuko.arrays import Pixels
from leuko.cell_classes import CELL_CLASSES
from leuko.differential.counted import CountedCell, CountedField
from leuko.errors import ImageError, ModelNotFoundError
from leuko.evaluation.cells.left_out import LeftOutFigures
from leuko.evaluation.cells.ranking import ranked_cell_models
from leuko.evaluation.cells.stored import left_out_of
from leuko.imaging.picture import Picture
from leuko.models.card import ModelCard
from leuko.models.store import HOW_TO_INSTALL, InstalledModel, Inventory
from leuko.workbench.verdicts import judged

if TYPE_CHECKING:
    from leuko.inference.classifier import Classifier
    from leuko.inspection.cells.found import Cell

CELLS_A_PASS: Final = 16
AROUND_CELL: Final = 1.4
"""Side of a cell's thumbnail, in longer sides of the cell."""
GROUND: Final = (240, 240, 240)
"""What a thumbnail shows beyond the border of the picture."""
THUMBNAIL_QUALITY: Final = 88

NO_CELL = "No leukocyte was found in this picture."
NO_BLOOD = "This looks like no blood picture, so what was found in it is not counted."
BLANK = "This picture is blank or nearly blank: there is nothing to count."
ON_BLACK = "This looks like a segmented cell on black: no field lies around it."
NO_MEMORY = (
    "There was not enough memory to count its cells: count it again when less runs on this "
    "machine, or export it smaller."
)


def can_count(card: ModelCard) -> bool:
    """Whether a model reads cells of fields and tells apart classes of a differential count."""
    return card.reads_cells and set(card.classes) <= set(CELL_CLASSES)


def counting_models(
    inventory: Inventory,
    figures_of: Callable[[InstalledModel], LeftOutFigures] = left_out_of,
) -> tuple[InstalledModel, ...]:
    """Installed models that can count, best first by laboratories that they never saw.

    Args:
        inventory: what is installed.
        figures_of: gives the figures of a model, or raises ``PredictionsError``.
    """
    able = [model for model in inventory.offered() if can_count(model.card)]
    return ranked_cell_models(able, figures_of)


def model_to_count_with(inventory: Inventory, model_id: str | None = None) -> InstalledModel:
    """The model asked for, or the first that can count.

    Args:
        inventory: what is installed.
        model_id: its name; None for the first.

    Raises:
        ModelNotFoundError: when no model can count, or the one asked for is not installed, has no
            weights or reads whole pictures; the sentence names those that can.
    """
    able = counting_models(inventory)
    names = ", ".join(model.id for model in able)
    if model_id is None:
        if not able:
            raise ModelNotFoundError(
                f"No model that reads the cells of a field is installed: {HOW_TO_INSTALL}."
            )
        return able[0]
    chosen = inventory.get(model_id)
    if chosen.id in {model.id for model in able}:
        return chosen
    if not chosen.card.reads_cells:
        what = "reads whole pictures and cannot count the cells of a field"
    elif not can_count(chosen.card):
        what = "tells apart other classes than those of a differential count"
    else:
        what = "is a folder of results without weights"
    remedy = (
        f"choose one of {names}" if able else f"no model that can is installed, so {HOW_TO_INSTALL}"
    )
    raise ModelNotFoundError(f"Model '{model_id}' {what}: {remedy}.")


def count_field(
    classifier: "Classifier",
    picture: Picture | ImageError,
    threshold: float | None = None,
    batch: int = CELLS_A_PASS,
    *,
    anyway: bool = False,
) -> CountedField:
    """Find, cut and classify the leukocytes of one picture.

    Args:
        classifier: of a model that :func:`can_count`.
        picture: decoded, any size; an error stands for one that cannot be read.
        threshold: P(malignant) at or above which malignant is suggested; None for the model's own.
        batch: cells that share one pass.
        anyway: whether to count what was found even where the picture looks like no blood.

    Returns:
        The field; what is wrong with the picture alone is told in its notes or its error, and it
        has no cells then.

    Raises:
        ValueError: when the model reads whole pictures.
        WeightsError, GatesError: when the model itself is not in order.
    """
    if isinstance(picture, ImageError):
        return CountedField(picture.file_name, "", 0, 0, error=picture.reason)
    try:
        return _counted(classifier, picture, threshold, batch, anyway=anyway)
    except MemoryError:
        return replace(_without_cells(picture), notes=(), error=NO_MEMORY)


def at_threshold(field: CountedField, card: ModelCard, threshold: float | None) -> CountedField:
    """The same field at another threshold; the network is not asked again.

    Args:
        field: that was counted with the model.
        card: of the model.
        threshold: on P(malignant); None for the model's own.
    """
    limit = card.decision_threshold if threshold is None else threshold
    cells = tuple(
        CountedCell(one.number, one.cell, *judged(card, one.result, limit)) for one in field.cells
    )
    return replace(field, cells=cells)


def _counted(
    classifier: "Classifier",
    picture: Picture,
    threshold: float | None,
    batch: int,
    *,
    anyway: bool,
) -> CountedField:
    from leuko.inference.cells import classify_cells
    from leuko.inspection.cells.finder import find_leukocytes
    from leuko.inspection.inspect import survey
    from leuko.inspection.quality.reference_ranges import BLANK_ALONE, judge_quality

    seen = survey(picture.pixels)
    if judge_quality(seen.quality, BLANK_ALONE):
        return _without_cells(picture, BLANK)
    found = find_leukocytes(picture.pixels)
    if not found.cells:
        return _without_cells(picture, NO_CELL)
    if not anyway and seen.kind.kind is None and seen.kind.is_sure:
        return replace(_without_cells(picture, NO_BLOOD), refused=True)
    results = classify_cells(classifier, picture.pixels, found.cells, batch)
    cells = tuple(
        CountedCell(number, cell, *judged(classifier.card, result, threshold))
        for number, (cell, result) in enumerate(zip(found.cells, results, strict=True), 1)
    )
    notes = (*picture.notes, ON_BLACK) if seen.quality.on_black else picture.notes
    field = _without_cells(picture)
    return replace(field, cells=cells, red_cell_px=found.red_cell_px, notes=notes)


def _without_cells(picture: Picture, *notes: str) -> CountedField:
    size = picture.width_px, picture.height_px
    return CountedField(picture.name, picture.sha256, *size, notes=(*picture.notes, *notes))


def cell_thumbnail(
    pixels: Pixels, cell: "Cell", side_px: int, view_px: float | None = None
) -> bytes:
    """A square around a cell with what lies beside it, as JPEG.

    Args:
        pixels: of the whole picture, uint8 (H, W, 3), RGB.
        cell: of it; its box is in the middle.
        side_px: of the thumbnail.
        view_px: side of what it shows, pixels of the picture; None for one that the cell fills.
            The same for all cells of a field keeps their sizes comparable, see :func:`common_view`.
    """
    import cv2
    from simplejpeg import encode_jpeg

    box = cell.box
    view = AROUND_CELL * max(box.width, box.height) if view_px is None else view_px
    side = max(1, round(view))
    left = round(box.left + box.width / 2 - side / 2)
    top = round(box.top + box.height / 2 - side / 2)
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + side), min(height, top + side)
    window: Pixels = pixels[y0:y1, x0:x1]
    if window.shape[:2] != (side, side):
        padded = cv2.copyMakeBorder(
            window, y0 - top, top + side - y1, x0 - left, left + side - x1,
            cv2.BORDER_CONSTANT, value=GROUND,
        )  # fmt: skip
        window = np.asarray(padded, np.uint8)
    how = cv2.INTER_AREA if side > side_px else cv2.INTER_CUBIC
    small = cv2.resize(window, (side_px, side_px), interpolation=how)
    shown = np.ascontiguousarray(small, np.uint8)
    encoded: bytes = encode_jpeg(shown, THUMBNAIL_QUALITY, "RGB", "444")
    return encoded


def common_view(field: CountedField) -> float | None:
    """Side that shows all but the largest cells of a field whole, pixels; None without cells.

    Args:
        field: one picture; others may be taken at another magnification.
    """
    if not field.cells:
        return None
    longest = [max(one.cell.box.width, one.cell.box.height) for one in field.cells]
    return AROUND_CELL * float(np.percentile(longest, 90))
