"""Which test pictures a report on heatmaps looks at."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def choose_pictures(
    labels: Sequence[str], groups: Sequence[str], wanted: int, seed: int
) -> tuple[int, ...]:
    """A stratified sample: classes as frequent as in the test set, spread over all groups.

    Each class gives its share, rounded by largest remainders, and one picture at least as long as
    there are places. Within a class every k-th picture is taken from a list in which the groups
    stand in random order, so that a group is represented by its size.

    Args:
        labels: true class of each picture.
        groups: what each picture belongs to.
        wanted: number of pictures, above 0; all are taken where there are no more.
        seed: of the random order.

    Returns:
        Positions, ascending.
    """
    if wanted >= len(labels):
        return tuple(range(len(labels)))
    generator = np.random.default_rng(seed)
    members: defaultdict[str, list[int]] = defaultdict(list)
    for position, label in enumerate(labels):
        members[label].append(position)
    names = sorted(members)
    quotas = _quotas([len(members[name]) for name in names], wanted)
    chosen: list[int] = []
    for name, quota in zip(names, quotas, strict=True):
        ordered = _by_group(members[name], groups, generator)
        places = (np.arange(quota) + generator.random()) * len(ordered) / max(quota, 1)
        chosen += [ordered[int(place)] for place in places]
    return tuple(sorted(chosen))


def _quotas(sizes: Sequence[int], wanted: int) -> NDArray[np.int64]:
    """Pictures a class: in proportion, largest remainders first, one each where possible."""
    exact = np.array(sizes, dtype=np.float64) * wanted / sum(sizes)
    quotas = np.floor(exact).astype(np.int64)
    for place in np.argsort(quotas - exact, kind="stable")[: wanted - int(quotas.sum())]:
        quotas[place] += 1
    for place in np.flatnonzero(quotas == 0):
        if quotas.max() > 1:
            quotas[quotas.argmax()] -= 1
            quotas[place] = 1
    return quotas


def _by_group(
    positions: Sequence[int], groups: Sequence[str], generator: np.random.Generator
) -> list[int]:
    """Positions with the groups in random order, and in random order within a group."""
    names = sorted({groups[position] for position in positions})
    rank = dict(zip(names, generator.permutation(len(names)).tolist(), strict=True))
    shuffled = [positions[place] for place in generator.permutation(len(positions))]
    return sorted(shuffled, key=lambda position: rank[groups[position]])
