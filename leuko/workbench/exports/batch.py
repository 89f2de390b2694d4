"""What is downloaded from a batch: the table as CSV and the heatmaps as ZIP."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PIL import Image

from leuko.decision.record import SAID, VERDICT, verdict_cells
from leuko.decision.verdict import USED_ANYWAY
from leuko.errors import ImageError
from leuko.imaging.intake.uploads import download_name
from leuko.imaging.picture import Picture
from leuko.imaging.rendering.overlay import DEFAULT_OPACITY, overlay, resize_heat
from leuko.models.card import ModelCard
from leuko.settings import Limits
from leuko.workbench.formatting import csv_for_people, threshold_text
from leuko.workbench.rows import ReviewRow
from leuko.workbench.uploads import TrayItem

if TYPE_CHECKING:
    from leuko.inference.result import Result

IDENTITY = (
    "file", "file_sha256", "model", "weights_sha256", "model_fingerprint", "threshold",
    "model_threshold",
)  # fmt: skip
"""First columns of every CSV: which picture, which model, at which threshold."""
SHARES = ("nucleus", "cytoplasm", "outside")
"""Of the positive evidence for the suggested class; columns of the CSV."""
LEFT_OUT = "left_out.txt"
"""Member of the ZIP that names what is missing in it; there only where something is."""
TOO_LITTLE_MEMORY = (
    "There was not enough memory to draw its heatmap. Download again when less runs on this "
    "machine, or classify fewer pictures at a time."
)

FULL = "The archive has as many bytes as one may have. Download fewer pictures at a time."


def results_csv(rows: Iterable[ReviewRow], card: ModelCard, threshold: float | None = None) -> str:
    """The table as CSV, one line a file, in the order of review.

    The last column names the picture's heatmap in the ZIP beside it. A name that a spreadsheet
    would take for a formula is led by an apostrophe.

    Args:
        rows: the review table at that threshold.
        card: the model that made the results.
        threshold: as given to ``review_rows``; stands in a column beside the model's own.
    """
    limit = card.decision_threshold if threshold is None else threshold
    header = [
        *IDENTITY, *SAID, "malignant_probability",
        *(f"probability_{name}" for name in card.classes), *SHARES, *VERDICT, "error", "notes",
        "heatmap",
    ]  # fmt: skip
    shown = list(rows)
    table: list[list[str]] = []
    for row, heatmap in zip(shown, heatmap_names(shown, card), strict=True):
        result = row.result if not row.refused else None
        values: list[str] = [""] * (1 + len(card.classes) + len(SHARES))
        if result is not None:
            values = [
                f"{result.malignant_probability:.6f}",
                *(f"{result.probabilities[name]:.6f}" for name in card.classes),
                *_share_cells(result),
            ]
        item = row.item
        cells = identity_cells(item, card, limit)
        cells += [*verdict_cells(row.verdict, SAID), *values]
        cells += verdict_cells(row.verdict)
        cells += [item.error or "", "" if item.error else row.remark, heatmap or ""]
        table.append(cells)
    return csv_for_people(header, table)


def identity_cells(item: TrayItem, card: ModelCard, threshold: float) -> list[str]:
    """The cells of ``IDENTITY``.

    Args:
        item: the picture.
        card: of the model.
        threshold: in force.
    """
    weights = card.weights.sha256 if card.weights else ""
    used, own = threshold_text(threshold), threshold_text(card.decision_threshold)
    return [item.name, item.sha256, card.id, weights, card.fingerprint, used, own]


def _share_cells(result: "Result") -> list[str]:
    """Where the evidence for the suggested class lies; empty where that is not known."""
    shares = result.on_cells()
    return [f"{getattr(shares, name):.4f}" if shares else "" for name in SHARES]


def heatmap_png(picture: Picture, result: "Result", label: str | None = None) -> bytes:
    """The picture at its own size with the heatmap of a class over it.

    Args:
        picture: that the result is of.
        result: with its evidence.
        label: of the class; None for the suggested one.
    """
    heat = resize_heat(result.heat(label), (picture.width_px, picture.height_px))
    heat.clip(0, 1, out=heat)
    drawn = overlay(picture.pixels, heat, DEFAULT_OPACITY)
    del heat  # large pictures: before Pillow takes its copy
    stream = io.BytesIO()
    Image.fromarray(drawn).save(stream, "PNG")
    return stream.getvalue()


def heatmap_name(
    name: str,
    card: ModelCard,
    taken: set[str],
    *,
    label: str | None = None,
    anyway: bool = False,
    marks: Sequence[str] = (),
) -> str:
    """Name of a heatmap's file; it says when nobody should rely on it.

    Args:
        name: of the picture.
        card: of the model.
        taken: names that are given out; gets the new one.
        label: class whose evidence is shown, where the name is to tell it.
        anyway: whether the picture is of another kind and was used anyway.
        marks: what else is to tell heatmaps apart, before the model's name.
    """
    parts = [*marks, card.id, *([] if label is None else [label])]
    return download_name(name, f"_{'_'.join(parts)}{USED_ANYWAY if anyway else ''}.png", taken)


def heatmap_names(rows: Iterable[ReviewRow], card: ModelCard) -> list[str | None]:
    """Names of the heatmaps of a batch, row by row; None for a row that has none.

    Args:
        rows: the review table.
        card: the model that made the results.
    """
    taken: set[str] = set()
    return [
        None
        if row.result is None or row.refused
        else heatmap_name(row.item.name, card, taken, label=row.shown_first, anyway=row.used_anyway)
        for row in rows
    ]


def heatmaps_zip(rows: Iterable[ReviewRow], card: ModelCard, limits: Limits) -> bytes:
    """Overlays of all classified pictures at their own size, as PNG in a ZIP.

    A picture that cannot be read or drawn again is left out and named in a text file beside the
    heatmaps; on the page it stays as it is.

    Args:
        rows: the review table; rows without a result, or with one that
            is not shown because the picture is of another kind, are left out.
        card: the model that made the results.
        limits: bounds for reading the pictures again.
    """
    stream = io.BytesIO()
    shown = list(rows)
    left_out: list[str] = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for row, name in zip(shown, heatmap_names(shown, card), strict=True):
            if row.result is None or name is None:
                continue
            if stream.tell() > limits.max_archive_bytes:
                left_out.append(f"{row.item.name}: {FULL}")
                continue
            try:
                with row.item.room(limits):
                    drawn = heatmap_png(row.item.decode(limits), row.result, row.shown_first)
            except ImageError as problem:
                left_out.append(f"{row.item.name}: {problem.reason}")
            except MemoryError:
                left_out.append(f"{row.item.name}: {TOO_LITTLE_MEMORY}")
            else:
                archive.writestr(name, drawn)
        if left_out:
            archive.writestr(LEFT_OUT, "".join(f"{line}\n" for line in left_out))
    return stream.getvalue()
