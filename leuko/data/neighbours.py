"""Pictures of the other data sets that lie beside the one a model was made with.

They stand for what a model was not made for: nothing is learnt from them and nothing chosen on
them, and no label of theirs is read.
"""

from collections import defaultdict
from pathlib import Path

from leuko.data.kind_pictures import read_blood
from leuko.errors import DatasetError

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
            its name and are left out as well.

    Returns:
        Sorted files by the title of their data set.
    """
    try:
        sources, _ = read_blood(data)
    except DatasetError:
        return {}
    found: defaultdict[str, list[Path]] = defaultdict(list)
    for source in sources:
        name = source.collection.partition(",")[0]
        if not own_id.startswith(name):
            found[TITLES.get(name, name)].append(source.path)
    return {title: tuple(sorted(paths)) for title, paths in found.items()}
