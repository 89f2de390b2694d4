"""Pictures of the other data sets that lie beside the one a model was made with.

They stand for what a model was not made for: nothing is learnt from them and nothing chosen on
them, so a list of files is enough, and no label is read.
"""

from dataclasses import dataclass
from pathlib import Path

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"})


@dataclass(frozen=True)
class Neighbour:
    """A data set that may lie in a folder of data sets.

    Attributes:
        id: of its adapter, or the name of its folder where it has none.
        title: for people.
        folder: that holds its pictures and those of no other set.
        name: pattern of the names of its pictures.
    """

    id: str
    title: str
    folder: str
    name: str = "*"


NEIGHBOURS = (
    Neighbour("taleqani", "Taleqani ALL", "taleqani/Original"),
    Neighbour("all_idb1", "ALL-IDB1", "all_idb1/im"),
    Neighbour("all_idb2", "ALL-IDB2", "all_idb2/img"),
    Neighbour("c_nmc", "C-NMC 2019", "c_nmc/C-NMC_Leukemia"),
    Neighbour("bccd", "BCCD", "bccd/JPEGImages"),
    Neighbour("wbc_segmentation", "WBC segmentation", "wbc_segmentation", "*.bmp"),
)


def find_neighbours(data: Path, own_id: str) -> dict[str, tuple[Path, ...]]:
    """Pictures of the data sets in a folder, but for a model's own.

    Args:
        data: a folder that holds data sets, laid out as ``LEUKO_DATA`` is; any other folder holds
            no neighbour.
        own_id: the data set to leave out; its other parts, such as a preliminary set, share the
            beginning of its name and are left out as well.

    Returns:
        Sorted files by the title of their data set.
    """
    found: dict[str, tuple[Path, ...]] = {}
    for one in NEIGHBOURS:
        folder = data / one.folder
        if own_id.startswith(one.id) or not folder.is_dir():
            continue
        files = sorted(p for p in folder.rglob(one.name) if p.suffix.casefold() in PICTURES)
        if files:
            found[one.title] = tuple(files)
    return found
