"""What the sheet of a comparison shows of each model."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leuko.decision.verdict import Verdict
from leuko.imaging.rendering.comparison_sheet import SheetBar, SheetPanel
from leuko.labels import class_title
from leuko.models.store import InstalledModel
from leuko.ui.compare.selected import (
    bars_of,
    decision_words,
    held_out_lines,
    notice_of,
    peak_words,
    reasons_of,
    shown_first,
    suggestion_words,
)
from leuko.workbench.comparison import CompareRow

if TYPE_CHECKING:
    from leuko.inference.result import Result


def sheet_panels(
    row: CompareRow, models: Sequence[InstalledModel], asked: str | None
) -> list[SheetPanel]:
    """One panel a model.

    Args:
        row: the picture and its answers.
        models: in the order of the answers.
        asked: class whose heatmaps are shown; None for what each model suggests.
    """
    return [
        _panel(model, row.answers[place], row.verdict(place), asked)
        for place, model in enumerate(models)
    ]


def _panel(
    model: InstalledModel, answer: "Result | None", told: Verdict | None, asked: str | None
) -> SheetPanel:
    lines = tuple(held_out_lines(model))
    if answer is None:
        return SheetPanel(model.card.title, lines, "waiting")
    label = asked or shown_first(answer, told)
    notice = notice_of(answer, label)
    return SheetPanel(
        model.card.title,
        lines,
        suggestion_words(answer, told),
        None if notice else answer.heat(label),
        tuple(
            words
            for words in (
                f"Grad-CAM: evidence for {class_title(label)}",
                notice,
                " ".join([decision_words(told), *reasons_of(told)]),
            )
            if words
        ),
        "" if notice else peak_words(answer, label),
        tuple(SheetBar(**bar) for bar in bars_of(model, answer)),
    )
