"""The review table of a batch and what is downloaded from it; plain values, no widgets."""

import csv
import io
import zipfile
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from leuko.imaging.intake import download_name
from leuko.imaging.limits import Limits
from leuko.imaging.overlay import overlay, resize_heat
from leuko.inference.evidence_remark import evidence_remark
from leuko.inference.verdict import Verdict, verdict_of, verdict_record
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
VERDICT = (
    "verdict", "deferred", "reasons", "kind", "kind_probability", "kind_fits", "quality",
    "in_distribution", "strangeness", "prediction_set", "coverage", "used_anyway",
)  # fmt: skip
"""Columns of the CSV, named as in ``leuko predict --json``."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """One line of the review table.

    Attributes:
        item: the file.
        result: what the model says, or None while it waits or when it cannot be read.
        verdict: on the result; None without one.
    """

    item: TrayItem
    result: "Result | None"
    verdict: Verdict | None = None

    @property
    def deferred(self) -> bool:
        """Whether a person has to decide."""
        return self.verdict is not None and self.verdict.deferred

    @property
    def refused(self) -> bool:
        """Whether the picture is of another kind than the model reads, and nobody insisted."""
        return self.verdict is not None and self.verdict.refused

    @property
    def suggestion(self) -> str:
        """Suggested class, or the state of the file."""
        if self.item.error is not None:
            return "not readable"
        if self.refused:
            return "other kind of picture"
        return class_title(self.result.label) if self.result else "waiting"

    @property
    def malignant_probability(self) -> float | None:
        """P(malignant), or None without a result that may be shown."""
        return self.result.malignant_probability if self.result and not self.refused else None

    @property
    def remark(self) -> str:
        """Why it cannot be read, or how it was read and what to keep in mind about it."""
        return self.item.error or " ".join([*self.item.notes, *self._remarks()])

    def _remarks(self) -> list[str]:
        if self.result is None or self.refused:
            return []
        mild = [one.sentence for one in self.verdict.quality] if self.verdict else []
        return [remark for remark in (*mild, evidence_remark(self.result)) if remark]


@dataclass(frozen=True)
class Tally:
    """Counts of a batch."""

    images: int
    malignant: int
    unreadable: int
    waiting: int
    deferred: int = 0

    @property
    def sentence(self) -> str:
        """Such as "12 images · 9 suggest malignant · 2 to be referred · 1 not readable"."""
        parts = [f"{self.images} image{'' if self.images == 1 else 's'}"]
        if self.images > self.unreadable + self.waiting:
            parts.append(f"{self.malignant} suggest malignant")
        if self.deferred:
            parts.append(f"{self.deferred} to be referred")
        if self.unreadable:
            parts.append(f"{self.unreadable} not readable")
        if self.waiting:
            parts.append(f"{self.waiting} waiting")
        return " · ".join(parts)


def review_rows(
    tray: Tray,
    card: ModelCard,
    results: Results,
    threshold: float | None = None,
    anyway: Container[str] = frozenset(),
) -> list[Row]:
    """All files, those for a person first; nothing is hidden.

    Unreadable files come first, then the deferred by P(malignant), then the others by
    P(malignant), then those that wait.

    Args:
        tray: the session's files.
        card: the model asked.
        results: what it said so far.
        threshold: P(malignant) at or above which malignant is suggested; None for the model's own.
        anyway: sha256 of the pictures that are to be read although their kind does not fit.
    """
    limit = card.decision_threshold if threshold is None else threshold
    classes = card.class_set

    def order(row: Row) -> tuple[int, float, int]:
        if row.item.error is not None:
            return 0, 0.0, row.item.number
        if row.result is None:
            return 3, 0.0, row.item.number
        place = 1 if row.deferred else 2
        return place, -row.result.malignant_probability, row.item.number

    def make(item: TrayItem) -> Row:
        result = results.get(result_key(card, item))
        if result is None:
            return Row(item, None)
        decided = result.at(classes, limit)
        return Row(item, decided, verdict_of(card, decided, anyway=item.sha256 in anyway))

    return sorted((make(item) for item in tray.items), key=order)


def tally(rows: Sequence[Row]) -> Tally:
    """Count the rows by state."""
    return Tally(
        images=len(rows),
        malignant=sum(
            row.result is not None and row.result.malignant and not row.refused for row in rows
        ),
        unreadable=sum(row.item.error is not None for row in rows),
        waiting=sum(row.result is None and row.item.error is None for row in rows),
        deferred=sum(row.deferred for row in rows),
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
         *(f"probability_{name}" for name in card.classes), *SHARES, *VERDICT, "error", "notes"]
    )  # fmt: skip
    weights = card.weights.sha256 if card.weights else ""
    for row in rows:
        result = row.result if not row.refused else None
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
        cells += _verdict_cells(row.verdict)
        cells += [item.error or "", "" if item.error else row.remark]
        writer.writerow([no_formula(cell) for cell in cells])
    return stream.getvalue()


def _verdict_cells(verdict: Verdict | None) -> list[str]:
    """One cell for each of ``VERDICT``; empty where something was not looked at."""
    if verdict is None:
        return [""] * len(VERDICT)
    record = verdict_record(verdict) | {
        "quality": [f"{one.severity}: {one.sentence}" for one in verdict.quality]
    }
    return [_cell(record[name]) for name in VERDICT]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


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
        rows: the review table; rows without a result, or with one that
            is not shown because the picture is of another kind, are left out.
        card: the model that made the results.
        limits: bounds for reading the pictures again.
    """
    stream = io.BytesIO()
    taken: set[str] = set()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for row in rows:
            picture = None if row.result is None or row.refused else read_item(row.item, limits)
            if picture is None or row.result is None:
                continue
            heat = resize_heat(row.result.heat(), (picture.width_px, picture.height_px))
            painted = overlay(picture.pixels, heat.clip(0, 1), DEFAULT_OPACITY)
            file = io.BytesIO()
            Image.fromarray(painted).save(file, "PNG")
            name = download_name(row.item.name, f"_{card.id}_{row.result.label}.png", taken)
            archive.writestr(name, file.getvalue())
    return stream.getvalue()
