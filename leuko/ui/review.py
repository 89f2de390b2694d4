"""The review table of a batch and what is downloaded from it; plain values, no widgets."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from leuko.imaging.intake import download_name
from leuko.imaging.limits import Limits
from leuko.imaging.overlay import overlay, resize_heat
from leuko.inference.evidence_remark import evidence_remark
from leuko.labels import class_title
from leuko.models.card import ModelCard
from leuko.ui.thresholds import threshold_text
from leuko.ui.tray import Tray, TrayItem
from leuko.ui.viewer_data import DEFAULT_OPACITY
from leuko.ui.work import Results, read_item, result_key

if TYPE_CHECKING:
    from leuko.inference.result import Result

SHARES = ("nucleus", "cytoplasm", "outside")
"""Of the positive evidence for the suggested class; columns of the CSV."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """One line of the review table.

    Attributes:
        item: the file.
        result: what the model says, or None while it waits or when it cannot be read.
    """

    item: TrayItem
    result: "Result | None"

    @property
    def suggestion(self) -> str:
        """Suggested class, or the state of the file."""
        if self.item.error is not None:
            return "not readable"
        return class_title(self.result.label) if self.result else "waiting"

    @property
    def malignant_probability(self) -> float | None:
        """P(malignant), or None without a result."""
        return self.result.malignant_probability if self.result else None

    @property
    def remark(self) -> str:
        """Why it cannot be read, or how it was read and whether the evidence misses the cells."""
        return self.item.error or " ".join([*self.item.notes, *self._evidence_remarks()])

    def _evidence_remarks(self) -> list[str]:
        remark = evidence_remark(self.result) if self.result is not None else ""
        return [remark] if remark else []


@dataclass(frozen=True)
class Tally:
    """Counts of a batch."""

    images: int
    malignant: int
    unreadable: int
    waiting: int

    @property
    def sentence(self) -> str:
        """Such as "12 images · 9 suggest malignant · 1 not readable"."""
        parts = [f"{self.images} image{'' if self.images == 1 else 's'}"]
        if self.images > self.unreadable + self.waiting:
            parts.append(f"{self.malignant} suggest malignant")
        if self.unreadable:
            parts.append(f"{self.unreadable} not readable")
        if self.waiting:
            parts.append(f"{self.waiting} waiting")
        return " · ".join(parts)


def review_rows(
    tray: Tray, card: ModelCard, results: Results, threshold: float | None = None
) -> list[Row]:
    """All files, the worst first: unreadable, then by P(malignant), then those that wait.

    Args:
        tray: the session's files.
        card: the model asked.
        results: what it said so far.
        threshold: P(malignant) at or above which malignant is suggested; None for the model's own.
    """
    limit = card.decision_threshold if threshold is None else threshold
    classes = card.class_set

    def order(row: Row) -> tuple[int, float, int]:
        if row.item.error is not None:
            return 0, 0.0, row.item.number
        if row.result is None:
            return 2, 0.0, row.item.number
        return 1, -row.result.malignant_probability, row.item.number

    found = [(item, results.get(result_key(card, item))) for item in tray.items]
    rows = [Row(item, result.at(classes, limit) if result else None) for item, result in found]
    return sorted(rows, key=order)


def tally(rows: Sequence[Row]) -> Tally:
    """Count the rows by state."""
    return Tally(
        images=len(rows),
        malignant=sum(row.result is not None and row.result.malignant for row in rows),
        unreadable=sum(row.item.error is not None for row in rows),
        waiting=sum(row.result is None and row.item.error is None for row in rows),
    )


def results_csv(rows: Iterable[Row], card: ModelCard, threshold: float | None = None) -> str:
    """The table as CSV, one line a file, in the order of review.

    A name that a spreadsheet would take for a formula is led by an apostrophe.

    Args:
        rows: the review table at that threshold.
        card: the model that made the results.
        threshold: as given to ``review_rows``; stands in a column beside the model's own.
    """
    limit = card.decision_threshold if threshold is None else threshold
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(
        ["file", "file_sha256", "model", "weights_sha256", "threshold", "model_threshold",
         "suggestion", "malignant", "malignant_probability",
         *(f"probability_{name}" for name in card.classes), *SHARES, "error", "notes"]
    )  # fmt: skip
    weights = card.weights.sha256 if card.weights else ""
    for row in rows:
        result = row.result
        values: list[str] = [""] * (3 + len(card.classes) + len(SHARES))
        if result is not None:
            values = [
                result.label,
                str(result.malignant).lower(),
                f"{result.malignant_probability:.6f}",
                *(f"{result.probabilities[name]:.6f}" for name in card.classes),
                *_share_cells(result),
            ]
        item = row.item
        cells = [item.name, item.sha256, card.id, weights]
        cells += [threshold_text(limit), threshold_text(card.decision_threshold), *values]
        cells += [item.error or "", "" if item.error else row.remark]
        writer.writerow([no_formula(cell) for cell in cells])
    return stream.getvalue()


def _share_cells(result: "Result") -> list[str]:
    """Where the evidence for the suggested class lies; empty where that is not known."""
    shares = result.on_cells()
    return [f"{getattr(shares, name):.4f}" if shares else "" for name in SHARES]


def no_formula(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: one that looks like it gets an apostrophe."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def heatmaps_zip(rows: Iterable[Row], card: ModelCard, limits: Limits) -> bytes:
    """Overlays of all classified pictures at their own size, as PNG in a ZIP.

    Args:
        rows: the review table; rows without a result are left out.
        card: the model that made the results.
        limits: bounds for reading the pictures again.
    """
    stream = io.BytesIO()
    taken: set[str] = set()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for row in rows:
            picture = read_item(row.item, limits) if row.result is not None else None
            if picture is None or row.result is None:
                continue
            heat = resize_heat(row.result.heat(), (picture.width_px, picture.height_px))
            painted = overlay(picture.pixels, heat.clip(0, 1), DEFAULT_OPACITY)
            file = io.BytesIO()
            Image.fromarray(painted).save(file, "PNG")
            name = download_name(row.item.name, f"_{card.id}_{row.result.label}.png", taken)
            archive.writestr(name, file.getvalue())
    return stream.getvalue()
