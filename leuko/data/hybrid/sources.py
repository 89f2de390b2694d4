"""Each public data set as cells with the reader's classes, each with its laboratory.

``image_id`` and ``group`` begin with the name of the source, so that none of two sources meet; a
cell of a picture with several has the number of its box behind ``#``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from leuko import cell_classes as cells
from leuko.data.adapters import (
    acevedo,
    all_idb2,
    bccd,
    c_nmc,
    munich,
    txl_pbc,
    wbc_segmentation,
)
from leuko.data.dataset import Dataset, Sample, hash_file
from leuko.data.picture_size import read_size
from leuko.inspection.cells.found import Box

ALL_IDB2_LABELS = {"Blast": cells.BLAST, "Healthy": cells.NOT_A_BLAST}
"""The healthy cells are of several types without a finer name."""
C_NMC_LABELS = {"ALL": cells.BLAST, "HEM": cells.NOT_A_BLAST}
"""The normal cells are precursors of B cells and lymphocytes, not told apart."""
FIELD_LABEL = cells.NORMAL_LEUKOCYTE
"""Of the white cells in boxes. Those of BCCD are published elsewhere with the normal five classes,
so are Raabin's, and the cells of Acevedo at hand that TXL-PBC repeats are of these classes."""
EDGE_PX = 2
"""A box that comes so near the border of its picture holds part of a cell."""
LEAST_SIDE_PX = 20
"""Below, a box holds too few pixels to be cut: small platelets, mostly."""

Corners = tuple[int, int, int, int]


def _acevedo(data: Path) -> Iterator[Sample]:
    return _named(acevedo.read(data), "acevedo")


def _munich(data: Path) -> Iterator[Sample]:
    return _named(munich.read(data), "munich")


def _all_idb2(data: Path) -> Iterator[Sample]:
    return _named(all_idb2.read(data), "all_idb2", ALL_IDB2_LABELS)


def _wbc_segmentation(data: Path) -> Iterator[Sample]:
    return _named(wbc_segmentation.read_labelled(data), "wbc_segmentation")


def _c_nmc(data: Path) -> Iterator[Sample]:
    return _named(c_nmc.read(data), "c_nmc", C_NMC_LABELS)


def _bccd(data: Path) -> Iterator[Sample]:
    for field in bccd.read(data):
        name = f"bccd/{field.path.stem}"
        yield from _boxed(field.path, name, "bccd", field.white_cells, field.platelets)


def _txl_pbc(data: Path) -> Iterator[Sample]:
    """All but BCD, which shows the fields of BCCD squeezed and in colours that no stain has."""
    for one in txl_pbc.read(data):
        if one.source not in (txl_pbc.BCD, txl_pbc.UNKNOWN):
            name = f"txl_pbc/{one.path.stem}"
            yield from _boxed(one.path, name, one.source, one.white_cells, one.platelets)


@dataclass(frozen=True)
class Source:
    """A data set that is there when its folder is.

    Attributes:
        folders: names of its folder, as published or as its adapter knows them.
        read: its cells, from the folder that holds it.
    """

    folders: tuple[str, ...]
    read: Callable[[Path], Iterator[Sample]]

    def is_in(self, data: Path) -> bool:
        """Whether a folder holds the data set's."""
        return any((data / name).is_dir() for name in self.folders)


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        acevedo.ID: Source(("acevedo_pbc", "acevedo", acevedo.FOLDER), _acevedo),
        munich.ID: Source(("munich_aml", "munich", munich.FOLDER), _munich),
        all_idb2.ID: Source(("all_idb2", "ALL_IDB2"), _all_idb2),
        wbc_segmentation.ID: Source(("wbc_segmentation", "segmentation_WBC"), _wbc_segmentation),
        bccd.ID: Source(("bccd", "BCCD", "BCCD_Dataset"), _bccd),
        txl_pbc.ID: Source(("txl_pbc", "TXL_PBC", "TXL-PBC", "TXL-PBC_Dataset"), _txl_pbc),
        c_nmc.ID: Source(("c_nmc", "C-NMC_Leukemia"), _c_nmc),
    }
)
"""By name. Where two hold one picture of one laboratory, the one that stands first keeps it."""


def _named(
    dataset: Dataset, source: str, labels: Mapping[str, str] | None = None
) -> Iterator[Sample]:
    """Samples of a data set of single cells under names of the hybrid."""
    for sample in dataset.samples:
        yield replace(
            sample,
            image_id=f"{source}/{sample.image_id}",
            label=labels[sample.label] if labels else sample.label,
            group=f"{source}/{sample.group}",
            laboratory=sample.laboratory or source,
        )


def _boxed(
    path: Path,
    name: str,
    laboratory: str,
    white_cells: Iterable[Corners],
    platelets: Iterable[Corners],
) -> Iterator[Sample]:
    """One sample a box that lies whole in its picture; all of a picture are one group."""
    labelled = [(FIELD_LABEL, corners) for corners in white_cells]
    labelled += [(cells.PLATELET, corners) for corners in platelets]
    if not labelled:
        return
    width_px, height_px = read_size(path)
    content = hash_file(path)
    for number, (label, (left, top, right, bottom)) in enumerate(labelled, 1):
        margin = min(left, top, width_px - right, height_px - bottom)
        if margin <= EDGE_PX or min(right - left, bottom - top) < LEAST_SIDE_PX:
            continue
        yield Sample(
            image_id=f"{name}#{number}",
            path=path,
            label=label,
            group=name,
            sha256=content,
            box=Box(left, top, right - left, bottom - top),
            laboratory=laboratory,
        )
