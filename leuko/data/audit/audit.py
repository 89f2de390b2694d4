"""What a data set gives away: copies, near copies, groups that cross a split, and shortcuts."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from leuko.data.audit.near_duplicates import NEAR_BITS, NearCopy, find_near_copies, fingerprint
from leuko.data.audit.shortcut_baselines import guess_classes, shortcut_values
from leuko.data.dataset import Dataset, Sample, copies_by_hash
from leuko.data.splitting.split import GROUPED, Split, SplitPlan, split_dataset
from leuko.data.unreadable import Unreadable, refuse_too_many
from leuko.errors import ImageError, SplitError
from leuko.imaging.decoding.decode import decode_image, read_file
from leuko.settings import load_limits

MOST_PICTURES = 20_000
"""Of a larger set, evenly spaced pictures are looked at: all pairs of it would take hours."""


@dataclass(frozen=True)
class Shortcut:
    """A guess of the class from what has nothing to do with the cells.

    Attributes:
        name: what was looked at.
        balanced_accuracy: mean recall over the classes; None where too few groups divide.
        guesser: the classifier that did best.
    """

    name: str
    balanced_accuracy: float | None
    guesser: str


@dataclass(frozen=True)
class Crossings:
    """What a split puts on two sides.

    Attributes:
        copies: image ids of byte-identical pictures, one tuple a picture.
        near_copies: pairs that look the same.
        groups: names of groups.
    """

    copies: tuple[tuple[str, ...], ...]
    near_copies: tuple[NearCopy, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True)
class PolicyAudit:
    """A data set under one split policy.

    Attributes:
        policy: ``paper`` or ``grouped``.
        problem: why no such split exists; empty where one does.
        split_sha256: hash of the split; empty without one.
        sizes: number of pictures a side, and ``left out``.
        crossings: what stands on two sides; None without a split.
        shortcuts: guesses, cross-validated so that no fold divides what the policy keeps whole.
    """

    policy: str
    problem: str
    split_sha256: str
    sizes: Mapping[str, int]
    crossings: Crossings | None
    shortcuts: tuple[Shortcut, ...]


@dataclass(frozen=True)
class Audit:
    """All that was found.

    Attributes:
        dataset, title, group_meaning: of the data set.
        pictures: number of pictures.
        examined: number of pictures looked at for near copies and shortcuts.
        classes: number of pictures by class.
        groups: number of pictures by group and class.
        copies: image ids of byte-identical pictures, one tuple a picture.
        near_bits: largest number of differing bits, of 256, that counts as a near copy.
        near_copies: pairs that look the same and differ in their bytes.
        unreadable: image ids of pictures that could not be read and are not examined, with the
            reason.
        chance: balanced accuracy of guessing, 1 / number of classes.
        policies: the set under each policy asked for.
    """

    dataset: str
    title: str
    group_meaning: str
    pictures: int
    examined: int
    classes: Mapping[str, int]
    groups: Mapping[str, Mapping[str, int]]
    copies: tuple[tuple[str, ...], ...]
    near_bits: int
    near_copies: tuple[NearCopy, ...]
    unreadable: tuple[Unreadable, ...]
    chance: float
    policies: tuple[PolicyAudit, ...]

    @property
    def n_copies(self) -> int:
        """Byte-identical copies beyond the first of each picture."""
        return sum(len(same) - 1 for same in self.copies)

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps({**asdict(self), "n_copies": self.n_copies}, ensure_ascii=False)


def audit_dataset(
    dataset: Dataset,
    plans: Sequence[SplitPlan],
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Audit:
    """Look at every picture once and at the set under every plan.

    Args:
        dataset: the pictures.
        plans: how to divide; each gives one entry of ``policies``.
        progress: told how many pictures are done, of how many.

    Raises:
        DatasetError: when too many pictures cannot be read.
    """
    chosen = examined(dataset.samples)
    fingerprints, values, unreadable = _look(chosen, dataset, progress)
    refuse_too_many(unreadable, len(chosen))
    names = {each.image_id for each in unreadable}
    samples = [sample for sample in chosen if sample.image_id not in names]
    near_bits = NEAR_BITS[dataset.kind]
    near = find_near_copies(
        [s.image_id for s in samples], [s.sha256 for s in samples], fingerprints, near_bits
    )
    groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sample in dataset.samples:
        groups[sample.group][sample.label] += 1
    return Audit(
        dataset=dataset.id,
        title=dataset.title,
        group_meaning=dataset.group_meaning,
        pictures=len(dataset.samples),
        examined=len(samples),
        classes={
            label: sum(s.label == label for s in dataset.samples) for label in dataset.classes.names
        },
        groups={name: dict(counts) for name, counts in sorted(groups.items())},
        copies=copies_of(dataset.samples),
        near_bits=near_bits,
        near_copies=near,
        unreadable=tuple(unreadable),
        chance=1 / len(dataset.classes.names),
        policies=tuple(_under(plan, dataset, samples, near, values) for plan in plans),
    )


def examined(samples: Sequence[Sample]) -> Sequence[Sample]:
    """The samples themselves, or evenly spaced ones where there are too many."""
    step = -(-len(samples) // MOST_PICTURES)
    return samples[::step]


def copies_of(samples: Sequence[Sample]) -> tuple[tuple[str, ...], ...]:
    """Image ids of byte-identical pictures, one tuple a picture."""
    return tuple(tuple(s.image_id for s in same) for same in copies_by_hash(samples).values())


def crossings(split: Split, near_copies: Sequence[NearCopy]) -> Crossings:
    """What a split puts on two sides; pictures that it leaves out stand on none.

    Args:
        split: any split, also one that ``check_split`` would refuse.
        near_copies: pairs to look up.
    """
    side = {s.image_id: name for name, samples in split.sides.items() for s in samples}
    sides_of_group: defaultdict[str, set[str]] = defaultdict(set)
    placed = [sample for samples in split.sides.values() for sample in samples]
    for sample in placed:
        sides_of_group[sample.group].add(side[sample.image_id])
    return Crossings(
        copies=tuple(same for same in copies_of(placed) if len({side[name] for name in same}) > 1),
        near_copies=tuple(
            pair
            for pair in near_copies
            if pair.first in side and pair.second in side and side[pair.first] != side[pair.second]
        ),
        groups=tuple(sorted(name for name, sides in sides_of_group.items() if len(sides) > 1)),
    )


def _look(
    samples: Sequence[Sample], dataset: Dataset, progress: Callable[[int, int], None]
) -> tuple[NDArray[np.bool_], dict[str, NDArray[np.float64]], list[Unreadable]]:
    """Fingerprint and shortcut values of every picture, each decoded once, and the unreadable."""
    limits = load_limits()
    prints, unreadable = [], []
    values: defaultdict[str, list[NDArray[np.float64]]] = defaultdict(list)
    for done, sample in enumerate(samples, 1):
        progress(done, len(samples))
        try:
            data = read_file(sample.path, limits)
            picture = decode_image(data, str(sample.path), limits)
        except ImageError as problem:
            unreadable.append(Unreadable(sample.image_id, problem.reason))
            continue
        prints.append(fingerprint(picture.pixels))
        for name, numbers in shortcut_values(picture, data, dataset.kind).items():
            values[name].append(numbers)
    shortcuts = {name: np.array(rows) for name, rows in values.items()}
    return np.array(prints), shortcuts, unreadable


def _under(
    plan: SplitPlan,
    dataset: Dataset,
    samples: Sequence[Sample],
    near: Sequence[NearCopy],
    values: Mapping[str, NDArray[np.float64]],
) -> PolicyAudit:
    labels = [sample.label for sample in samples]
    units = [s.group if plan.policy == GROUPED else s.sha256 for s in samples]
    shortcuts = []
    for name, numbers in values.items():
        guess = guess_classes(numbers, labels, units, plan.seed)
        shortcuts.append(
            Shortcut(name, guess.balanced_accuracy, guess.guesser)
            if guess
            else Shortcut(name, None, "")
        )
    try:
        split = split_dataset(dataset, plan)
    except SplitError as problem:
        return PolicyAudit(plan.policy, str(problem), "", {}, None, tuple(shortcuts))
    sizes = {name: len(side) for name, side in split.sides.items()}
    return PolicyAudit(
        policy=plan.policy,
        problem="",
        split_sha256=split.sha256,
        sizes=sizes | {"left out": len(split.left_out)},
        crossings=crossings(split, near),
        shortcuts=tuple(shortcuts),
    )
