"""Divide a data set into train, validation and test so that nothing leaks.

Two policies. ``paper`` draws pictures at random within each class, as the published studies did;
``grouped`` keeps every group whole, or follows the published division of a set that has one.
Under both, byte-identical copies stay on one side.
"""

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from leuko.data.dataset import Dataset, Sample, copies_by_hash, join_groups
from leuko.data.splitting.folds import fold_sides, stretch_sides
from leuko.data.splitting.strata import by_stratum, needed_labels
from leuko.errors import SplitError
from leuko.labels import ClassSet

TRAIN, VALIDATION, TEST = "train", "validation", "test"
SIDES = (TRAIN, VALIDATION, TEST)
PAPER, GROUPED = "paper", "grouped"
DRAWS = 400
GOOD_ENOUGH = 0.02  # summed deviation of shares at which no better draw is looked for


@dataclass(frozen=True)
class SplitPlan:
    """How to divide.

    Attributes:
        policy: ``paper`` or ``grouped``.
        test: fraction of pictures for the test set, in (0, 1).
        validation: fraction of pictures for validation, in (0, 1).
        seed: seed of the random choices.
        fold: for sequential groups, which stretch of the sequence is the test set (0 is the
            first); in a cross-validation, which fold is; ignored otherwise.
        folds: number of folds of a cross-validation, in which every picture is tested once;
            ``test`` is then 1 / folds. None for a single split.
    """

    policy: str
    test: float
    validation: float
    seed: int = 0
    fold: int = 0
    folds: int | None = None

    def __post_init__(self) -> None:
        if self.policy not in (PAPER, GROUPED):
            raise SplitError(f"No split policy '{self.policy}'; known are: {PAPER}, {GROUPED}.")
        if not (0 < self.test < 1 and 0 < self.validation < 1 and self.test + self.validation < 1):
            raise SplitError(
                f"Fractions test = {self.test} and validation = {self.validation} leave nothing "
                "to train on: both must be above 0 and their sum below 1."
            )
        if self.folds is not None:
            if self.folds < 2 or not 0 <= self.fold < self.folds:  # noqa: PLR2004
                raise SplitError(f"Fold {self.fold} of {self.folds} does not exist.")
        elif self.fold < 0 or self.fold >= int(1 / self.test):
            raise SplitError(
                f"Fold {self.fold} does not exist: a test fraction of {self.test} gives folds "
                f"0 to {int(1 / self.test) - 1}."
            )


@dataclass(frozen=True)
class Split:
    """A data set divided.

    Attributes:
        plan: how it was divided.
        train, validation, test: samples, each sorted by image id.
        left_out: samples on no side: gaps between blocks, copies of test pictures.
        sha256: hash of the sorted (image id, side) list.
    """

    plan: SplitPlan
    train: tuple[Sample, ...]
    validation: tuple[Sample, ...]
    test: tuple[Sample, ...]
    left_out: tuple[Sample, ...]
    sha256: str

    @property
    def sides(self) -> dict[str, tuple[Sample, ...]]:
        """Samples by side."""
        return {TRAIN: self.train, VALIDATION: self.validation, TEST: self.test}


def split_dataset(dataset: Dataset, plan: SplitPlan) -> Split:
    """Divide a data set and prove that nothing crosses.

    Raises:
        SplitError: when a side would lack a class, or a group or copy would cross.
    """
    if plan.policy == GROUPED and dataset.official_sides:
        side_of = {s.image_id: dataset.official_sides[s.group] for s in dataset.samples}
    else:
        side_of = _drawn(dataset, plan)
    _drop_crossing_copies(dataset, side_of)
    split = _assemble(dataset, plan, side_of)
    check_split(split)
    for side, samples in split.sides.items():
        missing = needed_labels(dataset, held_out=side != TRAIN) - {
            sample.label for sample in samples
        }
        if missing:
            raise SplitError(
                f"The {side} set of {dataset.title} would hold no picture of "
                f"{', '.join(sorted(missing))}: too few groups for these fractions."
            )
    return split


def with_known_classes(split: Split, classes: ClassSet) -> Split:
    """The same split without pictures that a table of predictions cannot hold.

    Left out are those whose label allows several classes, and cells that are one of many in their
    picture: predictions and gates are of pictures with one cell whose class is known.
    """

    def known(samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
        return tuple(s for s in samples if s.label in classes.names and s.box is None)

    return replace(
        split,
        train=known(split.train),
        validation=known(split.validation),
        test=known(split.test),
    )


def _drawn(dataset: Dataset, plan: SplitPlan) -> dict[str, str]:
    """Side of each picture, class by class."""
    side_of: dict[str, str] = {}
    grouped = plan.policy == GROUPED
    if plan.folds is not None and not (grouped and dataset.sequential):
        unit_of = {
            sample.image_id: str(index)
            for index, unit in enumerate(_units(dataset.samples, by_group=grouped))
            for sample in unit
        }
        return fold_sides(
            dataset.samples,
            [unit_of[sample.image_id] for sample in dataset.samples],
            folds=plan.folds,
            fold=plan.fold,
            validation=plan.validation,
            seed=plan.seed,
        )
    if dataset.label_sets:
        for stratum, units in by_stratum(_units(dataset.samples, by_group=grouped)).items():
            side_of |= _balanced(units, plan, stratum)
        return side_of
    for label in dataset.classes.names:
        members = [sample for sample in dataset.samples if sample.label == label]
        if plan.folds is not None:
            side_of |= stretch_sides(
                members, folds=plan.folds, fold=plan.fold, validation=plan.validation
            )
        elif grouped and dataset.sequential:
            side_of |= _stretches(members, plan)
        else:
            side_of |= _balanced(_units(members, by_group=grouped), plan, label)
    return side_of


def check_split(split: Split) -> None:
    """Refuse a split in which anything stands on two sides.

    Raises:
        SplitError: naming the picture, the copy or the group that crosses. Groups are checked
            under ``grouped`` only; ``paper`` divides them by definition.
    """
    _refuse_crossing(split, "Picture", lambda sample: sample.image_id)
    _refuse_crossing(split, "Byte-identical picture", lambda sample: sample.content)
    if split.plan.policy == GROUPED:
        _refuse_crossing(split, "Group", lambda sample: sample.group)


def _refuse_crossing(split: Split, what: str, key: Callable[[Sample], str]) -> None:
    seen: dict[str, tuple[str, Sample]] = {}
    for side, samples in split.sides.items():
        for sample in samples:
            other_side, other = seen.setdefault(key(sample), (side, sample))
            if other_side != side:
                raise SplitError(
                    f"{what} '{key(sample)}' would stand in {other_side} ({other.image_id}) and "
                    f"in {side} ({sample.image_id}): join them into one group."
                )


def _units(samples: Sequence[Sample], *, by_group: bool) -> list[list[Sample]]:
    """What moves as a whole: a group, or a picture with its byte-identical copies."""
    units: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        units[sample.group if by_group else sample.sha256].append(sample)
    if not by_group:
        return [units[key] for key in sorted(units, key=lambda key: units[key][0].image_id)]
    joined = join_groups(
        (first.group, other.group)
        for same in copies_by_hash(samples).values()
        for first, other in pairwise(same)
        if first.group != other.group
    )
    merged: defaultdict[str, list[Sample]] = defaultdict(list)
    for name in sorted(units):
        merged[joined.get(name, name)].extend(units[name])
    return [merged[name] for name in sorted(merged)]


def _balanced(units: list[list[Sample]], plan: SplitPlan, label: str) -> dict[str, str]:
    """Of many seeded draws, the one whose shares of pictures and of groups are nearest the plan.

    Counting groups as well as pictures keeps a test set from being one large subject.
    """
    wanted = {
        TEST: plan.test,
        VALIDATION: plan.validation,
        TRAIN: 1 - plan.test - plan.validation,
    }
    total = sum(len(unit) for unit in units)
    generator = random.Random(f"{plan.seed}/{label}")  # noqa: S311  a split is no secret
    best: tuple[float, list[str]] | None = None
    for _ in range(DRAWS):
        order = list(range(len(units)))
        generator.shuffle(order)
        sides = [TRAIN] * len(units)
        pictures: Counter[str] = Counter()
        groups: Counter[str] = Counter()
        for index in order:
            size = len(units[index])
            side = next(
                (
                    name
                    for name in (TEST, VALIDATION)
                    if pictures[name] + size / 2 <= wanted[name] * total
                ),
                TRAIN,
            )
            sides[index] = side
            pictures[side] += size
            groups[side] += 1
        miss = sum(
            abs(pictures[name] / total - wanted[name])
            + abs(groups[name] / len(units) - wanted[name])
            for name in SIDES
        )
        if best is None or miss < best[0]:
            best = (miss, sides)
        if miss < GOOD_ENOUGH:
            break
    assert best is not None  # noqa: S101  DRAWS is above 0
    return {
        sample.image_id: side for unit, side in zip(units, best[1], strict=True) for sample in unit
    }


def _stretches(samples: Sequence[Sample], plan: SplitPlan) -> dict[str, str]:
    """One stretch of consecutive groups for test, the next for validation, one group between."""
    blocks: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        blocks[sample.group].append(sample)
    names = sorted(blocks)
    count = len(names)
    n_test = max(1, round(plan.test * count))
    n_validation = max(1, round(plan.validation * count))
    first = min(plan.fold * n_test, count - n_test)
    after = first + n_test + 1
    if after + n_validation > count:
        after = first - 1 - n_validation
    if after < 0:
        raise SplitError(
            f"{count} groups of {samples[0].label} are too few for a test stretch of {n_test}, a "
            f"validation stretch of {n_validation} and gaps: lower the fractions."
        )
    side = dict.fromkeys(names, TRAIN)
    for start, length, name in ((first, n_test, TEST), (after, n_validation, VALIDATION)):
        for gap in (start - 1, start + length):
            if 0 <= gap < count and side[names[gap]] == TRAIN:
                side[names[gap]] = ""
        for index in range(start, start + length):
            side[names[index]] = name
    return {
        sample.image_id: side[group]
        for group, members in blocks.items()
        for sample in members
        if side[group]
    }


def _drop_crossing_copies(dataset: Dataset, side_of: dict[str, str]) -> None:
    """Where copies ended up on several sides, keep the test's, else the validation's."""
    for same in copies_by_hash(dataset.samples).values():
        sides = {side_of[s.image_id] for s in same if s.image_id in side_of}
        if len(sides) > 1:
            keep = TEST if TEST in sides else VALIDATION
            for sample in same:
                if side_of.get(sample.image_id) not in (None, keep):
                    del side_of[sample.image_id]


def _assemble(dataset: Dataset, plan: SplitPlan, side_of: Mapping[str, str]) -> Split:
    ordered = sorted(dataset.samples, key=lambda sample: sample.image_id)
    sides = {
        name: tuple(sample for sample in ordered if side_of.get(sample.image_id) == name)
        for name in SIDES
    }
    listing = "\n".join(f"{s.image_id}\t{side_of.get(s.image_id, 'left out')}" for s in ordered)
    return Split(
        plan=plan,
        train=sides[TRAIN],
        validation=sides[VALIDATION],
        test=sides[TEST],
        left_out=tuple(sample for sample in ordered if sample.image_id not in side_of),
        sha256=hashlib.sha256(listing.encode()).hexdigest(),
    )
