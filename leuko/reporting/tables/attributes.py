"""The figures of a model that describes cells as rows and sentences, for the Performance page."""

from collections.abc import Sequence

from leuko.evaluation.attributes.said import SaidFigures
from leuko.evaluation.attributes.summary import AttributeFigures, AttributesSummary
from leuko.models.attributes.card import AttributesCard, NovelShare
from leuko.models.attributes.titles import title_of
from leuko.statistics.estimate import Estimate

NOT_THERE = "–"
MEAN = "mean"
ATTRIBUTE = "Attribute"
ACCURACY_COLUMNS = (
    ATTRIBUTE, "Macro F1 of the model", "Macro F1 of a second reader", "Readers agree",
    "Cohen's kappa", "Model on cells read twice", "Second reader on the same",
)  # fmt: skip
WORDS_COLUMNS = (ATTRIBUTE, "Sure enough to be said", "Right where said")  # fmt: skip


def attribute_rows(
    summary: AttributesSummary, said: Sequence[SaidFigures] = ()
) -> list[dict[str, str]]:
    """One row an attribute and a last one for their mean, every figure with its interval.

    Args:
        summary: figures of the model and of the two readers.
        said: of the same model, see :func:`leuko.evaluation.attributes.said.said_figures`; two
            more columns where they are given.
    """
    rows = [_row(each) for each in (*summary.attributes, summary.mean)]
    if said:
        for row, each in zip(rows, said, strict=True):
            _, said_of, right_of = WORDS_COLUMNS
            row |= {said_of: _text(each.said), right_of: _text(each.right)}
    return rows


def attribute_sentences(summary: AttributesSummary, card: AttributesCard) -> list[str]:
    """What was measured on what, and how far it reaches."""
    said = [
        f"Measured on the {summary.cells} cells of the official test side of {card.dataset.title}, "
        "none of which took part in training or in any choice; intervals: 95 %, bootstrap over "
        "cells."
    ]
    if summary.read_twice:
        said.append(
            f"Two readers described {summary.read_twice} of the cells; the second is scored "
            "against the first, as the model is, who learnt from the first. Of these cells "
            f"{summary.shared} are of the test side."
        )
    said += list(card.dataset.notes)
    if card.novelty is not None and card.novelty.measured:
        shares = "; ".join(map(_share, card.novelty.measured))
        said.append(f"Cells that are novel to the model and are not described: {shares}.")
    return said


def _share(measured: NovelShare) -> str:
    share = measured.novel / measured.cells
    return f"{measured.title} {share:.0%} ({measured.novel} of {measured.cells})"


def _row(figures: AttributeFigures) -> dict[str, str]:
    readers = figures.readers
    name = "Mean of all" if figures.name == MEAN else title_of(figures.name)
    cells = (
        name,
        _text(figures.model),
        _text(readers.macro_f1 if readers else None),
        _text(readers.same if readers else None),
        _text(readers.kappa if readers else None),
        _text(figures.model_on_shared),
        _text(figures.readers_on_shared),
    )
    return dict(zip(ACCURACY_COLUMNS, cells, strict=True))


def _text(estimate: Estimate | None) -> str:
    return estimate.text() if estimate is not None else NOT_THERE
