"""Pictures that cannot be read: found before hours are spent, named, counted and left out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from leuko.data.dataset import Dataset, Sample
from leuko.data.splitting.split import Split
from leuko.errors import DatasetError, ImageError
from leuko.imaging.decoding.decode import read_picture
from leuko.settings import load_limits

MOST_SHARE = 0.05
"""Largest share of pictures that may be left out; a single one always may."""
NAMED = 5

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Unreadable:
    """A picture that cannot be read.

    Attributes:
        image_id: its name in the data set.
        reason: one sentence.
    """

    image_id: str
    reason: str


def find_unreadable(
    samples: Sequence[Sample], progress: Progress = lambda _done, _of: None
) -> tuple[Unreadable, ...]:
    """Decode every picture once.

    Args:
        samples: pictures on this disk.
        progress: told how many are done, of how many.

    Raises:
        DatasetError: when too many of them cannot be read.
    """
    limits = load_limits()
    found = []
    for done, sample in enumerate(samples, 1):
        try:
            read_picture(sample.path, limits)
        except ImageError as problem:
            found.append(Unreadable(sample.image_id, problem.reason))
        progress(done, len(samples))
    refuse_too_many(found, len(samples))
    return tuple(found)


def refuse_too_many(found: Sequence[Unreadable], of: int) -> None:
    """End where so many pictures are unreadable that the rest is another data set.

    Raises:
        DatasetError: naming the first of them.
    """
    if len(found) > max(1, MOST_SHARE * of):
        raise DatasetError(
            f"{len(found):,} of {of:,} pictures cannot be read, and at most {MOST_SHARE:.0%} may "
            f"be left out. {_named(found)} Copy or export these pictures again."
        )


def sentence_of(found: Sequence[Unreadable]) -> str:
    """How many pictures were left out, which and why; for people and for a card."""
    number = "1 picture" if len(found) == 1 else f"{len(found):,} pictures"
    return f"{number} could not be read and {'is' if len(found) == 1 else 'are'} left out. " + (
        _named(found)
    )


def _named(found: Sequence[Unreadable]) -> str:
    names = " ".join(f"{each.image_id}: {each.reason}" for each in found[:NAMED])
    return names + (f" And {len(found) - NAMED:,} more." if len(found) > NAMED else "")


def leave_out_of_split(split: Split, found: Iterable[Unreadable]) -> Split:
    """The same split without unreadable pictures: every other picture keeps its side.

    The hash stays that of the whole listing, so that the split is known to be the same.
    """
    names = {each.image_id for each in found}
    if not names:
        return split
    gone = tuple(s for samples in split.sides.values() for s in samples if s.image_id in names)
    return replace(
        split,
        train=_kept(split.train, names),
        validation=_kept(split.validation, names),
        test=_kept(split.test, names),
        left_out=split.left_out + gone,
    )


def leave_out_of_dataset(dataset: Dataset, found: Sequence[Unreadable]) -> Dataset:
    """The same data set without unreadable pictures, which its notes name."""
    if not found:
        return dataset
    names = {each.image_id for each in found}
    return replace(
        dataset,
        samples=_kept(dataset.samples, names),
        notes=(sentence_of(found), *dataset.notes),
    )


def _kept(samples: Iterable[Sample], names: set[str]) -> tuple[Sample, ...]:
    return tuple(sample for sample in samples if sample.image_id not in names)
