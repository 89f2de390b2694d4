"""Pictures of several data sets that show one cell or field: joined before anything is divided.

Whole pictures are compared by the perceptual hash of :mod:`leuko.data.audit.near_duplicates`, which
does not see size. Measured on 5,906 pictures of seven sets: to 60 bits of 256 all pairs that were
looked at show the same cell or field but one (two lymphocytes of wbc_segmentation at 60 bits, which
to join does no harm); the first unrelated pairs across sets come at 64. Pictures of TXL-PBC and
those of Acevedo and BCCD that they repeat differ in at most 6 bits. Cells on black lie alike, so
for pairs with one of these the limit is 24.

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
from leuko.data.dataset import Sample, join_copies
from leuko.errors import ImageError
from leuko.imaging.decoding.decode import read_picture
from leuko.inspection.cells.stain import find_black_ground
from leuko.labels import InputKind
from leuko.settings import load_limits

ALSO_SAME_CELL = (("all_idb2/Im135_0", "all_idb2/Im244_0"),)
"""Pictures that show one cell and differ in 68 bits: one is much darker; confirmed by eye."""
CACHED = 50_000

Progress = Callable[[int, int], None]
_Key = tuple[str, str]
"""A picture: its source and its content."""


@dataclass(frozen=True)
class Joined:
    """Samples of several sources after near copies were found.

    Attributes:
        samples: what is kept, with joined groups.
        repeated: pictures left out because an earlier source of the same laboratory holds them.
        pairs: further pairs of pictures that look the same, of one source or of two laboratories.
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
    pictures: dict[_Key, Sample] = {}
    for sample in samples:
        pictures.setdefault(_key(sample), sample)
    by_content: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in pictures.values():
        by_content[sample.sha256].append(sample)
    links = [pair for same in by_content.values() for pair in combinations(same, 2)]
    for one, other in _alike([same[0] for same in by_content.values()], progress):
        links += product(by_content[one], by_content[other])
    place = {key: number for number, key in enumerate(pictures)}
    repeated: set[_Key] = set()
    joined: list[tuple[_Key, _Key]] = []
    for pair in links:
        first, second = sorted(pair, key=lambda sample: place[_key(sample)])
        if first.laboratory == second.laboratory and _source(first) != _source(second):
            repeated.add(_key(second))
        else:
            joined.append((_key(first), _key(second)))
    groups = [(one.group, other.group) for one, other in links]
    # Two files of one source may have the same bytes and different boxes, which are no copies.
    groups += [(pictures[_key(sample)].group, sample.group) for sample in samples]
    together = join_copies(samples, [*groups, *_known_cells(samples)])
    return Joined(
        samples=tuple(sample for sample in together if _key(sample) not in repeated),
        repeated=len(repeated),
        pairs=sum(repeated.isdisjoint(pair) for pair in joined),
    )


def _known_cells(samples: Sequence[Sample]) -> list[tuple[str, str]]:
    """Groups of the pictures in ``ALSO_SAME_CELL``."""
    group = {sample.image_id: sample.group for sample in samples}
    return [
        (group[one], group[other])
        for one, other in ALSO_SAME_CELL
        if one in group and other in group
    ]


def _alike(pictures: Sequence[Sample], progress: Progress) -> list[tuple[str, str]]:
    """Contents of all pairs that look the same; a picture that cannot be read is like no other."""
    limits = load_limits()
    seen = []
    for done, sample in enumerate(sorted(pictures, key=lambda sample: sample.sha256), 1):
        progress(done, len(pictures))
        with suppress(ImageError):  # named where pictures are read for training or an audit
            look = _look_at(sample.path, sample.sha256, limits.max_file_bytes)
            seen.append((sample.sha256, *look))
    if not seen:
        return []
    contents, prints, near_bits = zip(*seen, strict=True)
    found = find_near_copies(contents, contents, np.array(prints), near_bits)
    return [(pair.first, pair.second) for pair in found]


def _source(sample: Sample) -> str:
    return sample.image_id.partition("/")[0]


def _key(sample: Sample) -> _Key:
    return _source(sample), sample.sha256


@lru_cache(CACHED)
def _look_at(path: Path, content: str, max_file_bytes: int) -> tuple[Fingerprint, int]:
    """Fingerprint of a picture and most bits in which a near copy of it differs.

    A set that is read again in one process is not decoded again.

    Args:
        path: of the picture.
        content: sha256 of its bytes, so that a changed file is read again.
        max_file_bytes: other limits, other refusals.
    """
    del content, max_file_bytes
    pixels = read_picture(path, load_limits()).pixels
    on_black = find_black_ground(pixels) is not None
    return fingerprint(pixels), NEAR_BITS[InputKind.SEGMENTED if on_black else InputKind.CROP]
