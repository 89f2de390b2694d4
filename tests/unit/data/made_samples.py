"""Data sets that exist in memory only, for splits that can be checked by hand."""

from pathlib import Path

from leuko.data.dataset import Dataset, Sample
from leuko.labels import ClassSet, InputKind

CLASSES = ClassSet(("HEM", "ALL"), frozenset({"ALL"}))


def sample(image_id, label, group, content=None):
    """A sample; equal ``content`` makes byte-identical copies."""
    return Sample(image_id, Path(image_id), label, group, content or f"bytes of {image_id}")


def dataset(samples, *, sequential=False):
    return Dataset(
        id="made",
        title="Made",
        kind=InputKind.SEGMENTED,
        classes=CLASSES,
        samples=tuple(sorted(samples, key=lambda s: s.image_id)),
        group_meaning="subject",
        sequential=sequential,
        licence="-",
        source="-",
    )


def regular(groups=10, per_group=4, *, sequential=False):
    """Both classes with groups of equal size; group names sort in the order of their numbers."""
    return dataset(
        (
            sample(f"{label}-{group:02d}-{number}", label, f"{label}/{group:02d}")
            for label in CLASSES.names
            for group in range(groups)
            for number in range(per_group)
        ),
        sequential=sequential,
    )


def ids(samples):
    return {sample.image_id for sample in samples}


def groups(samples):
    return {sample.group for sample in samples}


def hashes(samples):
    return {sample.sha256 for sample in samples}
