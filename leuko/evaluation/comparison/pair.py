"""All that is said about two models on the same images, and Holm's correction over the pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from leuko.arrays import Booleans
from leuko.evaluation.comparison.agreement import RaterAgreement, agreement
from leuko.evaluation.comparison.contender import Contender, same_classes
from leuko.evaluation.comparison.resampling import (
    ACCURACY,
    AUROC,
    BINARY_MEASURES,
    CLASS_ACCURACY,
    CLASS_MEASURES,
    Resampled,
    difference,
)
from leuko.statistics.estimate import supported_digits
from leuko.statistics.paired_intervals import Signed
from leuko.statistics.paired_tests import DeLong, McNemar, delong_test, holm, mcnemar_test

TWO = 2


@dataclass(frozen=True)
class Split:
    """Where exactly one of two models is right.

    Attributes:
        test: McNemar's test with the counts of images.
        first_groups: groups that hold an image on which only the first is right.
        second_groups: the same for the second.
    """

    test: McNemar
    first_groups: int
    second_groups: int


@dataclass(frozen=True)
class Pair:
    """Two models on the same test images, first against second.

    Attributes:
        n, n_groups, has_groups: the images.
        differences: first minus second, by measure; measures over all classes only where both
            know the same classes and there are more than two.
        delong: test of AUROC, for independent images.
        sides: malignant against benign.
        classes: all classes, or None where the binary is all there is to compare.
        agreement: on malignant against benign.
        class_agreement: on all classes, or None as above.
        identical: whether both give the same P(malignant) for every image.
    """

    n: int
    n_groups: int
    has_groups: bool
    differences: Mapping[str, Signed]
    delong: DeLong
    sides: Split
    classes: Split | None
    agreement: RaterAgreement
    class_agreement: RaterAgreement | None
    identical: bool

    @property
    def digits(self) -> int:
        """Decimals that the test set supports."""
        return supported_digits(self.n_groups if self.has_groups else self.n)

    def p_values(self) -> dict[str, float | None]:
        """Unadjusted p values by test; see :func:`adjusted`."""
        found = {
            BOOTSTRAP_AUROC: self.differences[AUROC].p,
            BOOTSTRAP_ACCURACY: self.differences[ACCURACY].p,
            DELONG: self.delong.p,
            MCNEMAR: self.sides.test.p,
        }
        if self.classes is not None:
            found[BOOTSTRAP_CLASSES] = self.differences[CLASS_ACCURACY].p
            found[MCNEMAR_CLASSES] = self.classes.test.p
        return found


BOOTSTRAP_AUROC = "bootstrap_auroc"
BOOTSTRAP_ACCURACY = "bootstrap_accuracy"
BOOTSTRAP_CLASSES = "bootstrap_class_accuracy"
DELONG = "delong"
MCNEMAR = "mcnemar"
MCNEMAR_CLASSES = "mcnemar_classes"
FAMILIES = (
    BOOTSTRAP_AUROC,
    BOOTSTRAP_ACCURACY,
    BOOTSTRAP_CLASSES,
    DELONG,
    MCNEMAR,
    MCNEMAR_CLASSES,
)


def compare_pair(
    first: Contender, second: Contender, resampled: tuple[Resampled, Resampled]
) -> Pair:
    """Compare two models on the same images.

    Args:
        first: a model.
        second: another that ``why_not_paired`` lets pass.
        resampled: of each, with the same seed and number of draws.
    """
    a, b = first.predictions, second.predictions
    by_class = same_classes(first, second) and len(a.classes.names) > TWO
    measures = BINARY_MEASURES + CLASS_MEASURES if by_class else BINARY_MEASURES
    return Pair(
        n=a.n,
        n_groups=a.n_groups,
        has_groups=a.has_groups,
        differences={name: difference(first, second, resampled, name) for name in measures},
        delong=delong_test(a.malignant_probability, b.malignant_probability, a.is_malignant),
        sides=_split(first, first.right_side, second.right_side),
        classes=_split(first, first.right_class, second.right_class) if by_class else None,
        agreement=agreement(first, second, by_class=False),
        class_agreement=agreement(first, second, by_class=True) if by_class else None,
        identical=bool(np.array_equal(a.malignant_probability, b.malignant_probability)),
    )


def _split(first: Contender, ours: Booleans, theirs: Booleans) -> Split:
    groups = first.predictions.group_indices
    only_first, only_second = ours & ~theirs, theirs & ~ours
    return Split(
        mcnemar_test(int(only_first.sum()), int(only_second.sum())),
        len(np.unique(groups[only_first])),
        len(np.unique(groups[only_second])),
    )


def adjusted(pairs: Sequence[Pair]) -> list[dict[str, float | None]]:
    """Holm's correction over all pairs; each test of each measure is a family of its own.

    Args:
        pairs: all pairs on the same test images.

    Returns:
        Adjusted p values by test, one dictionary a pair; None where not measurable.
    """
    raw = [pair.p_values() for pair in pairs]
    families = {name: holm([one.get(name) for one in raw]) for name in FAMILIES}
    return [{name: families[name][place] for name in one} for place, one in enumerate(raw)]
