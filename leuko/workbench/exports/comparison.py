"""A comparison of models to take away: all answers as CSV, one picture as PNG."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image

from leuko.decision.record import SAID, verdict_cells
from leuko.imaging.rendering.comparison_sheet import SheetPanel, draw_sheet
from leuko.models.card import ModelCard
from leuko.settings import Limits
from leuko.workbench.comparison import CompareRow, known_classes
from leuko.workbench.exports.batch import IDENTITY, identity_cells
from leuko.workbench.formatting import csv_for_people
from leuko.workbench.uploads import TrayItem

if TYPE_CHECKING:
    from leuko.inference.result import Result

FOOTER = "Research use. Not a medical device."
SCALE = (
    "Each heatmap is coloured relative to its own maximum. Logit units belong to one model: do not "
    "compare them between models."
)


def comparison_csv(
    rows: Sequence[CompareRow], cards: Sequence[ModelCard], thresholds: Sequence[float]
) -> str:
    """One line an image and model, in the order of review.

    A cell that a spreadsheet would take for a formula is led by an apostrophe. A class that a
    model does not know stays empty.

    Args:
        rows: what the models say.
        cards: of the models, in the order of the answers.
        thresholds: in force, of each model.
    """
    classes = known_classes(cards)
    header = [
        *IDENTITY, *SAID, "malignant_probability", *(f"probability_{name}" for name in classes),
        "verdict", "deferred", "agreement", "error", "notes",
    ]  # fmt: skip
    table: list[list[str]] = []
    for row in rows:
        item = row.item
        for place, (card, threshold) in enumerate(zip(cards, thresholds, strict=True)):
            answer, verdict = row.answers[place], row.refusal or row.verdict(place)
            cells = [*identity_cells(item, card, threshold), *verdict_cells(verdict, SAID)]
            cells += _answer_cells(answer if row.refusal is None else None, classes)
            cells += [verdict.sentence, str(verdict.deferred).lower()] if verdict else ["", ""]
            cells += [row.words, item.error or "", " ".join(item.notes)]
            table.append(cells)
    return csv_for_people(header, table)


def _answer_cells(answer: "Result | None", classes: Sequence[str]) -> list[str]:
    if answer is None:
        return [""] * (1 + len(classes))
    return [
        f"{answer.malignant_probability:.6f}",
        *(
            f"{answer.probabilities[name]:.6f}" if name in answer.probabilities else ""
            for name in classes
        ),
    ]


def comparison_png(
    item: TrayItem, verdict: str, panels: Sequence[SheetPanel], caution: str, limits: Limits
) -> bytes:
    """The selected picture beside every model's overlay, with names, classes and colour bars.

    Args:
        item: the picture.
        verdict: who suggests what.
        panels: of the models, their heatmaps and words.
        caution: what agreement is not.
        limits: bounds for reading the picture again.

    Raises:
        ImageError: when the picture cannot be read.
    """
    with item.room(limits):
        picture = item.decode(limits)
        size = f"{picture.width_px} × {picture.height_px} pixels"
        uploaded = SheetPanel("Picture as uploaded", captions=(size,))
        sheet = draw_sheet(
            picture.pixels, [uploaded, *panels], [item.name, verdict], [SCALE, caution, FOOTER]
        )
    stream = io.BytesIO()
    Image.fromarray(sheet).save(stream, "PNG")
    return stream.getvalue()
