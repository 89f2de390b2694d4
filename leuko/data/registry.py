"""The data sets that recipes may name."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from leuko.data.adapters import (
    acevedo,
    all_idb1,
    all_idb2,
    c_nmc,
    c_nmc_preliminary,
    munich,
    pcam,
    taleqani,
)
from leuko.data.dataset import Dataset
from leuko.data.hybrid import leukocytes
from leuko.errors import DatasetError

ADAPTERS: Mapping[str, Callable[[Path], Dataset]] = MappingProxyType(
    {
        taleqani.ID: taleqani.read,
        all_idb2.ID: all_idb2.read,
        c_nmc.ID: c_nmc.read,
        c_nmc_preliminary.ID: c_nmc_preliminary.read,
        all_idb1.ID: all_idb1.read,
        pcam.ID: pcam.read,
        acevedo.ID: acevedo.read,
        munich.ID: munich.read,
        leukocytes.ID: leukocytes.read,
    }
)


def read_dataset(dataset_id: str, data: Path) -> Dataset:
    """Read a data set by the name of its adapter.

    Args:
        dataset_id: one of ``ADAPTERS``.
        data: its folder or a folder that holds it.

    Raises:
        DatasetError: when the name is unknown or the folder is not as published.
    """
    if dataset_id not in ADAPTERS:
        raise DatasetError(f"No data set '{dataset_id}'; known are: {', '.join(ADAPTERS)}.")
    return ADAPTERS[dataset_id](data)
