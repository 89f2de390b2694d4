"""Pictures of several data sets that show one cell or field: joined before anything is divided.

Whole pictures are compared by the perceptual hash of :mod:`leuko.data.audit.near_duplicates`, which
does not see size. Measured on 5,906 pictures of seven sets: of the pairs to 60 bits of 256 all that
were looked at show one cell or field, but for two lymphocytes of wbc_segmentation at 60 bits, which
to join does no harm; the first unrelated pair across sets comes at 64. Cells on black lie alike, so
for pairs with one of these the limit is 24. What lies in boxes is compared as well: that finds the
cell of two fields that overlap, such as ``BloodImage_00243`` and ``BloodImage_00250``; of eleven
such pairs nine or more show one cell.

A picture that two sources hold of one laboratory is taken once.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from pathlib import Path

import numpy as np

from leuko.data.audit.near_duplicates import NEAR_BITS, Fingerprint, find_near_copies, fingerprint
from leuko.data.box_cut import cut_box
from leuko.data.dataset import Sample, join_copies
from leuko.errors import ImageError
from leuko.imaging.decoding.decode import read_picture
from leuko.inspection.cells.found import Box
from leuko.inspection.cells.stain import find_black_ground
from leuko.labels import InputKind
from leuko.settings import load_limits

ALSO_SAME_CELL = (("all_idb2/Im135_0", "all_idb2/Im244_0"),)
"""Pictures that show one cell and differ in 68 bits: one is much darker; confirmed by eye."""
CACHED = 50_000

Progress = Callable[[int, int], None]
_Picture = tuple[str, str]
"""Its source and the sha256 of its bytes."""


@dataclass(frozen=True)
class Joined:
    """Samples of several sources after near copies were found.

    Attributes:
        samples: what is kept, with joined groups.
        repeated: pictures left out because an earlier source of the same laboratory holds them.
        pairs: further pairs of pictures that show one cell or field, of one source or of several
            laboratories.
    """

    samples: tuple[Sample, ...]
    repeated: int
    pairs: int


def join_near_copies(
    samples: Sequence[Sample], progress: Progress = lambda _done, _of: None
) -> Joined:
    """Join the groups of near copies, and take a picture of one laboratory from one source only.

    Args:
        samples: of all sources, those of the source that keeps a picture first.
        progress: told how many pictures are done, of how many.

    Returns:
        The samples with their joined groups, what was left out and what was joined.
    """
    samples_of: defaultdict[_Picture, list[Sample]] = defaultdict(list)
    for sample in samples:
        samples_of[_picture(sample)].append(sample)
    holding: defaultdict[str, list[_Picture]] = defaultdict(list)
    for picture in samples_of:
        holding[picture[1]].append(picture)
    links = {pair: True for same in holding.values() for pair in combinations(same, 2)}
    for (one, other), whole in _alike(samples, progress).items():
        links |= dict.fromkeys(product(holding[one], holding[other]), whole)
    order = {picture: number for number, picture in enumerate(samples_of)}
    repeated: set[_Picture] = set()
    for pair, whole in links.items():
        first, second = sorted(pair, key=order.__getitem__)
        near, far = samples_of[first][0], samples_of[second][0]
        if whole and near.laboratory == far.laboratory and first[0] != second[0]:
            repeated.add(second)
    groups = [(samples_of[one][0].group, samples_of[other][0].group) for one, other in links]
    # Two files of one source may have the same bytes and different boxes, which are no copies.
    groups += [(each[0].group, s.group) for each in samples_of.values() for s in each[1:]]
    together = join_copies(samples, [*groups, *_known_cells(samples)])
    return Joined(
        samples=tuple(sample for sample in together if _picture(sample) not in repeated),
        repeated=len(repeated),
        pairs=sum(repeated.isdisjoint(pair) for pair in links),
    )


def _known_cells(samples: Sequence[Sample]) -> list[tuple[str, str]]:
    """Groups of the pictures in ``ALSO_SAME_CELL``."""
    group = {sample.image_id: sample.group for sample in samples}
    return [
        (group[one], group[other])
        for one, other in ALSO_SAME_CELL
        if one in group and other in group
    ]


def _alike(samples: Sequence[Sample], progress: Progress) -> dict[tuple[str, str], bool]:
    """Pairs of contents that look the same, whole or in boxes, and whether they do so whole.

    A picture that cannot be read is like no other.
    """
    limits = load_limits()
    path_of = {sample.sha256: sample.path for sample in samples}
    boxes_of: defaultdict[str, set[Box]] = defaultdict(set)
    for sample in samples:
        if sample.box is not None:
            boxes_of[sample.sha256].add(sample.box)
    seen: list[tuple[str, bool, Fingerprint, int]] = []
    for done, content in enumerate(sorted(path_of), 1):
        progress(done, len(path_of))
        boxes = tuple(sorted(boxes_of[content]))
        with suppress(ImageError):  # named where pictures are read for training or an audit
            looks = _look_at(path_of[content], content, boxes, limits.max_file_bytes)
            seen += [(content, not place, *look) for place, look in enumerate(looks)]
    if not seen:
        return {}
    contents, whole, prints, near_bits = zip(*seen, strict=True)
    names = [str(place) for place in range(len(seen))]
    found: dict[tuple[str, str], bool] = {}
    for near in find_near_copies(names, contents, np.array(prints), near_bits):
        one, other = int(near.first), int(near.second)
        pair = contents[one], contents[other]
        found[pair] = found.get(pair, False) or (whole[one] and whole[other])
    return found


def _picture(sample: Sample) -> _Picture:
    return sample.image_id.partition("/")[0], sample.sha256


@lru_cache(CACHED)
def _look_at(
    path: Path, content: str, boxes: tuple[Box, ...], max_file_bytes: int
) -> tuple[tuple[Fingerprint, int], ...]:
    """Fingerprints of a picture and of its boxes, and most bits in which a near copy differs.

    A set that is read again in one process is not decoded again.

    Args:
        path: of the picture.
        content: sha256 of its bytes, so that a changed file is read again.
        boxes: of the cells that are meant.
        max_file_bytes: other limits, other refusals.
    """
    del content, max_file_bytes
    pixels = read_picture(path, load_limits()).pixels
    looks = []
    for box in (None, *boxes):
        shown = cut_box(pixels, box)
        on_black = find_black_ground(shown) is not None
        kind = InputKind.SEGMENTED if on_black else InputKind.CROP
        looks.append((fingerprint(shown), NEAR_BITS[kind]))
    return tuple(looks)
