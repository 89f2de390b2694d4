"""What a data set gives away: copies, near copies, groups that cross a split, and shortcuts."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leuko.data.audit.by_laboratory import (
    LaboratoryAudit,
    Shortcut,
    audit_laboratories,
    guess_from,
)
from leuko.data.audit.near_duplicates import NEAR_BITS, NearCopy, find_near_copies, fingerprint
from leuko.data.audit.shortcut_baselines import shortcut_values
from leuko.data.box_cut import cut_box
from leuko.data.dataset import Dataset, Sample, copies_by_hash
from leuko.data.splitting.split import GROUPED, Split, SplitPlan, split_dataset
from leuko.data.unreadable import Unreadable, refuse_too_many
from leuko.errors import ImageError, SplitError
from leuko.imaging.decoding.decode import decode_image, read_file
from leuko.inspection.cells.stain import find_black_ground
from leuko.labels import InputKind
from leuko.settings import load_limits

MOST_PICTURES = 20_000
"""Of a larger set, evenly spaced pictures are looked at: all pairs of it would take hours."""


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
        classes: number of pictures by class; of a set whose labels know less than its classes, by
            label.
        groups: number of pictures by group and class.
        copies: image ids of byte-identical pictures, one tuple a picture.
        near_bits: largest number of differing bits, of 256, that counts as a near copy; for a
            cell on black less.
        near_copies: pairs that look the same and differ in their bytes.
        unreadable: image ids of pictures that could not be read and are not examined, with the
            reason.
        chance: balanced accuracy of guessing, 1 / number of classes or labels.
        policies: the set under each policy asked for.
        laboratories: where the set joins several.
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
    laboratories: LaboratoryAudit | None = None

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
    looks, unreadable = _look(chosen, dataset, progress)
    refuse_too_many(unreadable, len(chosen))
    names = {each.image_id for each in unreadable}
    samples = [sample for sample in chosen if sample.image_id not in names]
    near_bits = NEAR_BITS[dataset.kind]
    near = find_near_copies(
        [s.image_id for s in samples],
        [s.content for s in samples],
        looks.fingerprints,
        [NEAR_BITS[InputKind.SEGMENTED] if black else near_bits for black in looks.on_black],
    )
    groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sample in dataset.samples:
        groups[sample.group][sample.label] += 1
    counts = Counter(sample.label for sample in dataset.samples)
    labels = [label for label in dataset.label_sets if counts[label]] or dataset.classes.names
    classes = {label: counts[label] for label in labels}
    return Audit(
        dataset=dataset.id,
        title=dataset.title,
        group_meaning=dataset.group_meaning,
        pictures=len(dataset.samples),
        examined=len(samples),
        classes=classes,
        groups={name: dict(counts) for name, counts in sorted(groups.items())},
        copies=copies_of(dataset.samples),
        near_bits=near_bits,
        near_copies=near,
        unreadable=tuple(unreadable),
        chance=1 / len(classes),
        policies=tuple(_under(plan, dataset, samples, near, looks.values) for plan in plans),
        laboratories=audit_laboratories(dataset.samples, samples, looks.values),
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


@dataclass(frozen=True)
class _Looks:
    """What was seen of the readable samples: (N, 256), by shortcut (N, features), (N,)."""

    fingerprints: NDArray[np.bool_]
    values: Mapping[str, NDArray[np.float64]]
    on_black: Sequence[bool]


def _look(
    samples: Sequence[Sample], dataset: Dataset, progress: Callable[[int, int], None]
) -> tuple[_Looks, list[Unreadable]]:
    """Look at every sample, each decoded once, and name the unreadable."""
    limits = load_limits()
    prints, on_black, unreadable = [], [], []
    values: defaultdict[str, list[NDArray[np.float64]]] = defaultdict(list)
    for done, sample in enumerate(samples, 1):
        progress(done, len(samples))
        try:
            data = read_file(sample.path, limits)
            whole = decode_image(data, str(sample.path), limits)
        except ImageError as problem:
            unreadable.append(Unreadable(sample.image_id, problem.reason))
            continue
        picture = replace(whole, pixels=cut_box(whole.pixels, sample.box))
        prints.append(fingerprint(picture.pixels))
        on_black.append(find_black_ground(picture.pixels) is not None)
        for name, numbers in shortcut_values(picture, data, dataset.kind).items():
            values[name].append(numbers)
    shortcuts = {name: np.array(rows) for name, rows in values.items()}
    return _Looks(np.array(prints), shortcuts, on_black), unreadable


def _under(
    plan: SplitPlan,
    dataset: Dataset,
    samples: Sequence[Sample],
    near: Sequence[NearCopy],
    values: Mapping[str, NDArray[np.float64]],
) -> PolicyAudit:
    labels = [sample.label for sample in samples]
    units = [s.group if plan.policy == GROUPED else s.sha256 for s in samples]
    shortcuts = guess_from(values, labels, units, plan.seed)
    try:
        split = split_dataset(dataset, plan)
    except SplitError as problem:
        return PolicyAudit(plan.policy, str(problem), "", {}, None, shortcuts)
    sizes = {name: len(side) for name, side in split.sides.items()}
    return PolicyAudit(
        policy=plan.policy,
        problem="",
        split_sha256=split.sha256,
        sizes=sizes | {"left out": len(split.left_out)},
        crossings=crossings(split, near),
        shortcuts=shortcuts,
    )
