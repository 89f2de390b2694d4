"""Pictures of every kind, and pictures that are no blood, to fit and measure the kind gate on.

Blood comes from the public data sets that a folder holds. What is no blood comes from folders that
whoever measures names: any pictures, one collection a folder. None of them is part of the project.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from leuko.data.adapters import all_idb1, all_idb2, bccd, c_nmc, taleqani, wbc_segmentation
from leuko.data.dataset import Dataset, hash_file
from leuko.data.hybrid import leukocytes
from leuko.data.hybrid.sources import SOURCES
from leuko.errors import DatasetError
from leuko.imaging.decoding.file_types import READABLE_KINDS
from leuko.imaging.intake.folder import is_meant_as_picture, list_folder
from leuko.labels import InputKind

HELD_OUT_OF_TEN = 3
COLLECTION_LIMIT = 300
"""Pictures taken of one collection, spread evenly, so that none outweighs the others."""


@dataclass(frozen=True)
class KindSource:
    """One picture and what is known about it.

    Attributes:
        collection: data set or folder that it comes from.
        group: what it belongs together with; never divided between fitting and measuring.
        path: its file.
        kind: what it shows; None for what is no blood.
        boxes: (left, top, right, bottom) of white cells, pixels, where they are published.
    """

    collection: str
    group: str
    path: Path
    kind: InputKind | None
    boxes: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def held_out(self) -> bool:
        """Whether it is kept for measuring; three groups in ten, by a hash of their name."""
        return is_held_out(self.collection, self.group)


def is_held_out(collection: str, group: str) -> bool:
    """Whether a group is kept for measuring; the same on every machine."""
    digest = hashlib.sha256(f"{collection}/{group}".encode()).digest()
    return int.from_bytes(digest[:4]) % 10 < HELD_OUT_OF_TEN


def read_blood(data: Path) -> tuple[list[KindSource], list[str]]:
    """Every picture of the data sets that a folder holds.

    Args:
        data: folder of the data sets as published.

    Returns:
        The pictures, and for each data set that is not there or not in order the reason.

    Raises:
        DatasetError: when there is none of them.
    """
    readers: tuple[Callable[[Path], Iterator[KindSource]], ...] = (
        _from_adapter(taleqani.read),
        _from_adapter(all_idb1.read),
        _from_adapter(all_idb2.read),
        _from_adapter(c_nmc.read),
        _bccd,
        _wbc_segmentation,
    )
    found: list[KindSource] = []
    problems = []
    for reader in readers:
        try:
            found += reader(data)
        except DatasetError as problem:
            problems.append(str(problem))
    if not found:
        raise DatasetError(f"'{data}' holds no data set of blood. {problems[0]}")
    return found, problems


def read_others(folder: Path) -> list[KindSource]:
    """Pictures below a folder, none of which may be blood.

    Pictures whose names differ by numbers alone, such as the frames of a film, are one group.

    Raises:
        DatasetError: when the folder holds no picture.
    """
    paths = [
        path for path in list_folder(folder).files if is_meant_as_picture(path, READABLE_KINDS)
    ]
    if not paths:
        raise DatasetError(f"'{folder}' holds no pictures: name a folder of pictures.")
    step = -(-len(paths) // COLLECTION_LIMIT)
    return [
        KindSource(folder.name, re.sub(r"\d+", "#", path.stem), path, None)
        for path in paths[::step]
    ]


def _from_adapter(read: Callable[[Path], Dataset]) -> Callable[[Path], Iterator[KindSource]]:
    def sources(data: Path) -> Iterator[KindSource]:
        found = read(data)
        for sample in found.samples:
            yield KindSource(found.id, sample.group, sample.path, found.kind)

    return sources


def _bccd(data: Path) -> Iterator[KindSource]:
    for one in bccd.read(data):
        yield KindSource(bccd.ID, one.path.stem, one.path, InputKind.FIELD, one.white_cells)


def _wbc_segmentation(data: Path) -> Iterator[KindSource]:
    pictures: Sequence[wbc_segmentation.MaskedPicture] = wbc_segmentation.read(data)
    for one in pictures:
        collection = f"wbc_segmentation, {one.dataset}"
        yield KindSource(collection, hash_file(one.picture), one.picture, InputKind.CROP)


TITLES = {
    "taleqani": "Taleqani ALL",
    "all_idb1": "ALL-IDB1",
    "all_idb2": "ALL-IDB2",
    "c_nmc": "C-NMC 2019",
    "bccd": "BCCD",
    "wbc_segmentation": "WBC segmentation",
}


def find_neighbours(data: Path, own_id: str) -> dict[str, tuple[Path, ...]]:
    """Pictures of the data sets in a folder, but for a model's own.

    Args:
        data: a folder that holds data sets, laid out as ``LEUKO_DATA`` is; any other folder holds
            no neighbour.
        own_id: the data set to leave out; its other parts, such as a preliminary set, begin with
            its name and are left out as well, and so are the sets that it joins.

    Returns:
        Sorted files by the title of their data set.
    """
    try:
        sources, _ = read_blood(data)
    except DatasetError:
        return {}
    own = (own_id, *(SOURCES if own_id == leukocytes.ID else ()))
    found: defaultdict[str, list[Path]] = defaultdict(list)
    for source in sources:
        name = source.collection.partition(",")[0]
        if not any(one.startswith(name) for one in own):
            found[TITLES.get(name, name)].append(source.path)
    return {title: tuple(sorted(paths)) for title, paths in found.items()}
