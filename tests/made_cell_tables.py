"""Cell models made for tests: a card that cuts cells, tables of twins and of held-out cells."""

import numpy as np

from leuko.cell_classes import CELL_CLASSES, LABEL_SETS, class_set
from leuko.evaluation.cells.left_out import write_left_out_predictions
from leuko.evaluation.cells.table import CellPredictions, write_cell_predictions
from tests.made_models import make_model_folder

CUT_STEPS = [
    {"step": "cut_cell", "side_px": 96, "centre": "nucleus", "reach": 3.0, "margin": None},
    {"step": "fit_square", "side_px": 96},
]
LABORATORIES = {
    "all_idb2": ("Blast cell", "Not a blast cell"),
    "munich": ("Segmented neutrophil", "Lymphocyte", "Monocyte", "Blast cell", "Erythroblast"),
    "wbc_segmentation": ("Neutrophil", "Eosinophil", "Basophil", "Lymphocyte", "Monocyte"),
}
"""Labels of each laboratory."""


def made_cells(labels_of=None, cells=120, group_size=4, strength=3.0, seed=0):
    """Predictions on cells of several laboratories, right more often than not.

    Args:
        labels_of: labels of each laboratory; by default ``LABORATORIES``.
        cells: of each laboratory.
        group_size: cells of a group; 1 for cells that stand alone.
        strength: how much a class that fits the label is favoured; 0 is guessing.
        seed: of the random choices.
    """
    generator = np.random.default_rng(seed)
    laboratories, images, groups, labels, rows = [], [], [], [], []
    for laboratory, names in (labels_of or LABORATORIES).items():
        for number in range(cells):
            group = number // group_size
            label = names[group % len(names)]
            logits = generator.normal(size=len(CELL_CLASSES))
            fitting = [CELL_CLASSES.index(one) for one in LABEL_SETS[label]]
            logits[fitting[group % len(fitting)]] += strength
            laboratories.append(laboratory)
            images.append(f"{laboratory}/{number:04}")
            groups.append(f"{laboratory}/{group:03}")
            labels.append(label)
            rows.append(np.exp(logits) / np.exp(logits).sum())
    return CellPredictions(
        tuple(laboratories), tuple(images), tuple(groups), tuple(labels), np.array(rows),
        class_set(),
    )  # fmt: skip


def hand_cells(rows, laboratory="one"):
    """Predictions from (group, label, class suggested with certainty) one a cell."""
    probabilities = np.zeros((len(rows), len(CELL_CLASSES)))
    for place, (_, _, suggested) in enumerate(rows):
        probabilities[place, CELL_CLASSES.index(suggested)] = 1.0
    return CellPredictions(
        (laboratory,) * len(rows),
        tuple(f"cell {place}" for place in range(len(rows))),
        tuple(group for group, _, _ in rows),
        tuple(label for _, label, _ in rows),
        probabilities,
        class_set(),
    )


def make_cell_model(root, model_id, *, twins=True, held_out=True, strength=3.0, **changes):
    """Write the folder of a cell model: no network, but all tables; returns the folder.

    Args:
        root: folder of models.
        model_id: name of the folder.
        twins: whether to write what twins say of laboratories left out.
        held_out: whether to write what the model says of held-out cells.
        strength: of the twins; see :func:`made_cells`.
        changes: replace top-level entries of the card, or are arguments of
            :func:`tests.made_models.make_model_folder`.
    """
    spec = {
        "kind": "crop", "side_px": 96, "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25],
        "steps": CUT_STEPS,
    }  # fmt: skip
    folder = make_model_folder(
        root, model_id, classes=CELL_CLASSES, malignant=("Blast cell",), predictions=False,
        **({"input": spec} | changes),
    )  # fmt: skip
    if twins:
        write_left_out_predictions(made_cells(strength=strength), folder)
    if held_out:
        fine = {"munich": CELL_CLASSES, "acevedo": CELL_CLASSES[:6]}
        cells = made_cells(fine, cells=192, strength=4.0, seed=1)
        write_cell_predictions(cells, folder / "test_predictions.csv")
    return folder
