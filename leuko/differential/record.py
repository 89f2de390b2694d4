"""A counted field as a plain record for machines, the same whoever asks."""

from leuko.cell_classes import CELL_CLASSES, group_of
from leuko.decision.record import verdict_record
from leuko.differential.counted import CountedCell, CountedField
from leuko.differential.differential import differential
from leuko.differential.flags import Flag, Patient


def field_record(
    field: CountedField, model_id: str, patient: Patient | None = None
) -> dict[str, object]:
    """What ``leuko count --json`` says of one picture.

    Args:
        field: as counted; one that cannot be read has its error and nothing else.
        model_id: of the model that counted.
        patient: whose limits hold for flags.
    """
    labels = [cell.label for cell in field.cells]
    read = field.error is None
    return {
        "file": field.name,
        "sha256": field.sha256 or None,
        "width_px": field.width_px if read else None,
        "height_px": field.height_px if read else None,
        "model": model_id,
        "red_cell_px": field.red_cell_px,
        "cells": [cell_record(cell) for cell in field.cells],
        "counts": {name: labels.count(name) for name in CELL_CLASSES} if read else {},
        "flags": [flag_record(flag) for flag in differential(labels, patient=patient).flags],
        "refused": field.refused,
        "notes": list(field.notes),
        "error": field.error,
    }


def cell_record(cell: CountedCell) -> dict[str, object]:
    """One cell: where it lies, in pixels of the picture, and what the model says of it."""
    box, verdict = cell.cell.box, verdict_record(cell.verdict)
    return {
        "number": cell.number,
        "x": box.left,
        "y": box.top,
        "width": box.width,
        "height": box.height,
        "nucleus_px": round(cell.cell.nucleus_px, 2),
        "nucleus_in_red_cells": cell.cell.nucleus_in_red_cells,
        "edge": cell.cell.touches_edge,
        "label": cell.label,
        "group": group_of(cell.label),
        "malignant": cell.result.malignant,
        "probabilities": dict(cell.result.probabilities),
        "prediction_set": verdict["prediction_set"],
        "deferred": cell.deferred,
        "findings": verdict["findings"],
    }


def flag_record(flag: Flag) -> dict[str, object]:
    """A flag with its rule, its numbers and its source."""
    return {
        "class": flag.name,
        "rule": flag.rule.words,
        "state": flag.state,
        "n": flag.n,
        "leukocytes": flag.leukocytes,
        "sentence": flag.sentence,
        "source": flag.rule.source,
    }
