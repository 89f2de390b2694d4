"""Divide a data set of several laboratories, some of whose labels know less than the classes."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from leuko.data.dataset import Dataset, Sample

FEW = 50
"""Of a label with fewer samples, the sides but for training may hold none."""


def by_stratum(units: Sequence[list[Sample]]) -> dict[str, list[list[Sample]]]:
    """What moves as a whole, by the label and laboratory that most of its samples have.

    One unit may hold several labels: a leukocyte and the platelet beside it.

    Args:
        units: samples that stay on one side, in any order.

    Returns:
        Units by the name of their stratum, names sorted, units in their order.
    """
    strata: defaultdict[str, list[list[Sample]]] = defaultdict(list)
    for unit in units:
        counts = Counter(f"{sample.label}, {sample.laboratory}" for sample in unit)
        strata[max(sorted(counts), key=lambda name: counts[name])].append(unit)
    return {name: strata[name] for name in sorted(strata)}


def needed_labels(dataset: Dataset, *, held_out: bool) -> set[str]:
    """Labels of which a side must hold a picture.

    Args:
        dataset: one whose labels are its classes needs each of them on every side. Of one whose
            labels know less, some classes may have no picture, or a single one.
        held_out: whether the side is another than training, which must see all that there is.
    """
    if not dataset.label_sets:
        return set(dataset.classes.names)
    present = Counter(sample.label for sample in dataset.samples)
    return {name for name, count in present.items() if not held_out or count >= FEW}
