"""Which unit goes to which side: drawn at random in balance, or as consecutive stretches."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence

from leuko.data.dataset import Sample
from leuko.data.splitting.folds import TEST, TRAIN, VALIDATION
from leuko.errors import SplitError

DRAWS = 400
GOOD_ENOUGH = 0.02
"""Summed deviation of shares at which no better draw is looked for."""


def balanced_sides(
    units: Sequence[Sequence[Sample]], test: float, validation: float, seed: str
) -> dict[str, str]:
    """Of many seeded draws, the one whose shares of pictures and of groups are nearest the plan.

    Counting groups as well as pictures keeps a test set from being one large subject.

    Args:
        units: samples that stay on one side, at least one unit.
        test: wanted share of the test side.
        validation: wanted share of the validation side.
        seed: of the draws.

    Returns:
        Image id to its side.
    """
    wanted = {
        TEST: test,
        VALIDATION: validation,
        TRAIN: 1 - test - validation,
    }
    total = sum(len(unit) for unit in units)
    generator = random.Random(seed)  # noqa: S311  a split is no secret
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
            for name in wanted
        )
        if best is None or miss < best[0]:
            best = (miss, sides)
        if miss < GOOD_ENOUGH:
            break
    assert best is not None  # noqa: S101  DRAWS is above 0
    return {
        sample.image_id: side for unit, side in zip(units, best[1], strict=True) for sample in unit
    }


def consecutive_sides(
    samples: Sequence[Sample], test: float, validation: float, fold: int
) -> dict[str, str]:
    """One stretch of consecutive groups for test, the next for validation, one group between.

    Args:
        samples: of one class.
        test: share of the groups for the test side.
        validation: share of the groups for the validation side.
        fold: which stretch is tested.

    Returns:
        Image id to its side; groups in the gaps have none.

    Raises:
        SplitError: when there are too few groups.
    """
    blocks: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        blocks[sample.group].append(sample)
    names = sorted(blocks)
    count = len(names)
    n_test = max(1, round(test * count))
    n_validation = max(1, round(validation * count))
    first = min(fold * n_test, count - n_test)
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
