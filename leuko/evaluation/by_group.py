"""What a model got right in each group (subject, block), counted image by image."""

from dataclasses import dataclass

from leuko.evaluation.counts import cells_by_group
from leuko.evaluation.predictions import Predictions

DRAWN_GROUPS = 500
"""The worst groups that charts and reports show: thinner bars cannot be told apart."""


@dataclass(frozen=True)
class GroupResult:
    """Test images of one group, malignant against benign.

    Attributes:
        group_id: as in the table of predictions.
        n: images.
        right: images on the right side of malignant against benign.
        right_class: images given their true class.
        malignant, benign: images by their truth.
        malignant_found: malignant images suggested malignant.
        benign_found: benign images suggested benign.
    """

    group_id: str
    n: int
    right: int
    right_class: int
    malignant: int
    benign: int
    malignant_found: int
    benign_found: int

    @property
    def accuracy(self) -> float:
        """Share of its images on the right side."""
        return self.right / self.n

    @property
    def sensitivity(self) -> float | None:
        """Share of its malignant images found; None where it has none."""
        return self.malignant_found / self.malignant if self.malignant else None

    @property
    def specificity(self) -> float | None:
        """Share of its benign images left alone; None where it has none."""
        return self.benign_found / self.benign if self.benign else None


def results_by_group(predictions: Predictions, threshold: float) -> tuple[GroupResult, ...]:
    """One result a group, the worst first, the larger first among equals.

    Args:
        predictions: checked predictions.
        threshold: P(malignant) at or above which the model suggests malignant.
    """
    cells = cells_by_group(predictions, threshold)
    table, right_class = cells.binary(), cells.right_class().hits
    results = [
        GroupResult(
            group_id=name,
            n=int(cells.counts[group].sum()),
            right=int(table.true_positives[group] + table.true_negatives[group]),
            right_class=int(right_class[group]),
            malignant=int(table.cases[group]),
            benign=int(table.true_negatives[group] + table.false_positives[group]),
            malignant_found=int(table.true_positives[group]),
            benign_found=int(table.true_negatives[group]),
        )
        for group, name in enumerate(sorted(set(predictions.group_ids)))
    ]
    return tuple(sorted(results, key=lambda one: (one.accuracy, -one.n, one.group_id)))
