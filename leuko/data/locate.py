"""Where the pictures of a data set lie on this machine, when they are there at all.

The setting ``data`` (``LEUKO_DATA``) names a folder that holds the data sets as published, such
as ``taleqani/Original``, ``all_idb2/img`` and ``c_nmc/C-NMC_Leukemia``. Nothing outside that folder
is ever opened.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from leuko.data.dataset import Dataset
from leuko.imaging.filenames import one_spelling


@dataclass(frozen=True)
class Found:
    """Pictures looked up by name.

    Attributes:
        paths: where each picture lies, by image id.
        absent: ids that the data set on this machine does not hold.
        outside: ids whose file is a link that leads out of the data set's folder.
    """

    paths: dict[str, Path]
    absent: tuple[str, ...]
    outside: tuple[str, ...]


def find_pictures(dataset: Dataset, folder: Path, image_ids: Iterable[str]) -> Found:
    """Look up pictures of a data set by name.

    Args:
        dataset: as read from ``folder``.
        folder: the folder that was given to its adapter.
        image_ids: names to look up; only names that the data set itself lists are found, so that
            a name never becomes a path.
    """
    known = {one_spelling(sample.image_id): sample.path for sample in dataset.samples}
    paths: dict[str, Path] = {}
    absent, outside = [], []
    for image_id in image_ids:
        path = known.get(one_spelling(image_id))
        if path is None:
            absent.append(image_id)
        elif is_inside(path, folder):
            paths[image_id] = path
        else:
            outside.append(image_id)
    return Found(paths, tuple(absent), tuple(outside))


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a file really lies in a folder, links followed.

    Args:
        path: of the file, below ``folder`` by name.
        folder: may hold links to whole data sets, which whoever set it up chose; a link further
            down that leads out of its data set is not followed.
    """
    if not path.is_relative_to(folder):
        return False
    first, *rest = path.relative_to(folder).parts
    root = folder / first if rest else folder
    return path.resolve().is_relative_to(root.resolve())
