"""Figures of cell models and of the finder as rows of text, each value with its interval."""

from collections.abc import Sequence

from leuko.cell_classes import LABEL_SETS
from leuko.evaluation.cells.counts import CountAgreement
from leuko.evaluation.cells.detection import Detected
from leuko.evaluation.cells.figures import CellFigures, Share
from leuko.evaluation.cells.finder import MaskDice
from leuko.labels import ClassSet
from leuko.reporting.tables.metrics import NOTHING
from leuko.reporting.text.cells import collection_title, laboratory_title, shown
from leuko.statistics.estimate import Estimate, supported_digits
from leuko.statistics.intervals import Limits
from leuko.statistics.paired_intervals import signed

MOST_CONFUSED = 2
EVERYONE = "all together"
LABORATORY_NUMBERS = (
    "Cells", "AUROC, blasts", "Sensitivity", "Specificity", "False blasts", "Balanced accuracy",
    "Groups of classes",
)  # fmt: skip
"""Columns of :func:`laboratory_rows` that hold numbers."""
SHARE_NUMBERS = ("Cells", "Groups", "Right")
DETECTION_NUMBERS = ("Fields", "True", "Found", "Precision", "Recall", "F1")
OVERLAP_NUMBERS = ("Pictures", "Whole cell", "Nucleus")
COUNT_NUMBERS = (
    "Fields", "True", "Found", "Right", "Within 1", "Bias a field", "Limits of agreement",
)  # fmt: skip
_FIGURES = {
    "auroc": "auroc_blasts",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "false_blast_share": "false_blast_share",
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced_accuracy",
    "group_accuracy": "accuracy_by_groups_of_classes",
    "group_balanced_accuracy": "balanced_accuracy_by_groups_of_classes",
}


def laboratory_rows(figures: Sequence[CellFigures]) -> list[dict[str, str]]:
    """One row a laboratory, as shown."""
    return [
        {
            "Laboratory": laboratory_title(one.laboratory) if one.laboratory else EVERYONE,
            "Cells": f"{one.cells:,}",
            "AUROC, blasts": shown(one.auroc),
            "Sensitivity": shown(one.sensitivity),
            "Specificity": shown(one.specificity),
            "False blasts": f"{one.false_blasts:,} of {one.others:,}" if one.others else NOTHING,
            "Balanced accuracy": one.balanced_accuracy.text(one.digits),
            "Groups of classes": one.group_balanced_accuracy.text(one.digits),
        }
        for one in figures
    ]


def laboratory_records(figures: Sequence[CellFigures]) -> list[dict[str, object]]:
    """One row a laboratory, as downloaded: every value, limit and note in a column of its own."""
    records = []
    for one in figures:
        record: dict[str, object] = {
            "laboratory": one.laboratory,
            "cells": one.cells,
            "groups": one.groups,
            "labels": ", ".join(share.name for share in one.labels),
            "blasts": one.blasts,
            "known_not_blasts": one.others,
            "false_blasts": one.false_blasts,
        }
        for field, name in _FIGURES.items():
            record |= _record(name, getattr(one, field))
        records.append(record)
    return records


def _record(name: str, estimate: Estimate) -> dict[str, object]:
    return {
        name: estimate.value,
        f"{name}_low": estimate.low,
        f"{name}_high": estimate.high,
        f"{name}_note": estimate.method or estimate.reason,
    }


def label_rows(figures: CellFigures, classes: ClassSet) -> list[dict[str, str]]:
    """One row a label: how many the model met, and what it took the others for."""
    return [
        _share_row("Label", share) | {"Taken for": _taken_for(share.name, row, classes)}
        for share, row in zip(figures.labels, figures.confusion, strict=True)
    ]


def class_group_rows(figures: CellFigures) -> list[dict[str, str]]:
    """One row a group of classes that has a cell."""
    return [_share_row("Group of classes", share) for share in figures.class_groups]


def _share_row(title: str, share: Share) -> dict[str, str]:
    return {
        title: share.name,
        "Cells": f"{share.cells:,}",
        "Groups": f"{share.groups:,}",
        "Right": shown(share.right),
    }


def _taken_for(label: str, counts: Sequence[int], classes: ClassSet) -> str:
    """The classes that a label's cells were most often mistaken for, with their numbers."""
    fitting = (label,) if label in classes.names else LABEL_SETS.get(label, ())
    wrong = [
        (count, name)
        for count, name in zip(counts, classes.names, strict=True)
        if count and name not in fitting
    ]
    if not wrong:
        return NOTHING
    wrong.sort(key=lambda one: -one[0])
    named = [f"{name} {count:,}" for count, name in wrong[:MOST_CONFUSED]]
    rest = sum(count for count, _ in wrong[MOST_CONFUSED:])
    return ", ".join(named) + (f", others {rest:,}" if rest else "")


def confusion_records(figures: CellFigures, classes: ClassSet) -> list[dict[str, object]]:
    """Counts of suggested classes, one row a label, as downloaded."""
    return [
        {"laboratory": figures.laboratory, "label": share.name}
        | dict(zip(classes.names, row, strict=True))
        for share, row in zip(figures.labels, figures.confusion, strict=True)
    ]


def detection_rows(found: Sequence[Detected]) -> list[dict[str, str]]:
    """One row a collection whose leukocytes were marked by a person."""
    return [
        {
            "Collection": collection_title(one.set),
            "Finder made": made_with(left_out=one.left_out),
            "Fields": f"{one.fields:,}",
            "True": f"{one.true:,}",
            "Found": f"{one.found:,}",
            "Precision": shown(one.precision),
            "Recall": shown(one.recall),
            "F1": shown(one.f1),
        }
        for one in found
    ]


def overlap_rows(found: Sequence[MaskDice]) -> list[dict[str, str]]:
    """One row a laboratory and way of use: Dice of the whole cell and of the nucleus."""
    sides = dict.fromkeys((one.laboratory, one.left_out) for one in found)
    rows = []
    for laboratory, left_out in sides:
        parts = {
            one.region: one
            for one in found
            if (one.laboratory, one.left_out) == (laboratory, left_out)
        }
        rows.append(
            {
                "Laboratory": laboratory_title(laboratory),
                "Finder made": made_with(left_out=left_out),
                "Pictures": f"{max(one.pictures for one in parts.values()):,}",
                "Whole cell": _dice(parts.get("whole cell")),
                "Nucleus": _dice(parts.get("nucleus")),
            }
        )
    return rows


def _dice(found: MaskDice | None) -> str:
    return NOTHING if found is None else shown(found.estimate)


def count_rows(found: Sequence[CountAgreement]) -> list[dict[str, str]]:
    """One row a collection: found against true numbers of cells, field by field."""
    rows = []
    for one in found:
        agreement, digits = one.agreement, supported_digits(one.fields)
        rows.append(
            {
                "Collection": collection_title(one.set),
                "Finder made": made_with(left_out=one.left_out),
                "Fields": f"{one.fields:,}",
                "True": f"{one.true:,}",
                "Found": f"{one.found:,}",
                "Right": f"{one.exact:,}",
                "Within 1": f"{one.within_one:,}",
                "Bias a field": (
                    f"{signed(agreement.bias, digits)} {_range(agreement.bias_limits, digits)}"
                    if agreement
                    else NOTHING
                ),
                "Limits of agreement": (
                    f"{signed(agreement.lower, 1)} to {signed(agreement.upper, 1)}"
                    if agreement
                    else NOTHING
                ),
            }
        )
    return rows


def _range(limits: Limits, digits: int) -> str:
    return f"({signed(limits[0], digits)} to {signed(limits[1], digits)})"


def made_with(*, left_out: bool) -> str:
    """Whether a collection or laboratory helped to make the finder, in words."""
    return "without it" if left_out else "with it"
