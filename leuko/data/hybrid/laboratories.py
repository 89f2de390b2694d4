"""Leave a whole laboratory out, to learn how a model does on slides that it never saw."""

from collections.abc import Iterable
from dataclasses import replace

from leuko.data.dataset import Dataset, Sample
from leuko.errors import DatasetError


def laboratories_of(dataset: Dataset) -> tuple[str, ...]:
    """Names of the laboratories, sorted; empty for a data set of one that is not named."""
    return tuple(sorted({sample.laboratory for sample in dataset.samples} - {""}))


def leave_out_laboratory(dataset: Dataset, name: str) -> Dataset:
    """The data set without a laboratory and without what repeats its pictures.

    A sample of another laboratory leaves as well when it is of a group with one of this: the two
    show the same cell or field.

    Args:
        dataset: of several laboratories.
        name: one of :func:`laboratories_of`.

    Raises:
        DatasetError: when there is no such laboratory, or no other.
    """
    gone = {sample.group for sample in only_laboratory(dataset, name).samples}
    kept = [sample for sample in dataset.samples if sample.group not in gone]
    if not kept:
        raise DatasetError(
            f"Without the laboratory '{name}' nothing is left of {dataset.title}: lay another data "
            "set beside it."
        )
    return _with(dataset, kept)


def only_laboratory(dataset: Dataset, name: str) -> Dataset:
    """The samples of one laboratory; all of them may be tested by a model trained without it.

    Args:
        dataset: of several laboratories.
        name: one of :func:`laboratories_of`.

    Raises:
        DatasetError: when there is no such laboratory.
    """
    if name not in laboratories_of(dataset):
        raise DatasetError(
            f"{dataset.title} holds no laboratory '{name}'; it holds: "
            f"{', '.join(laboratories_of(dataset)) or 'none that is named'}."
        )
    return _with(dataset, (s for s in dataset.samples if s.laboratory == name))


def _with(dataset: Dataset, samples: Iterable[Sample]) -> Dataset:
    return replace(dataset, samples=tuple(samples))
