"""How a process gets memory from Linux and gives it back."""

import ctypes
import os
import platform
from typing import Final

VARIABLE: Final = "THP_MEM_ALLOC_ENABLE"
"""Read by PyTorch at its first tensor (c10/core/impl/alloc_cpu); means nothing outside Linux."""


def ask_for_huge_pages() -> None:
    """Let PyTorch ask Linux for huge pages; call it before PyTorch makes its first tensor.

    Each feature map is fresh memory, which the system hands out page by page: with pages of 4 KiB
    that alone took a tenth of a pass. A choice made by the user in the environment stays.
    """
    os.environ.setdefault(VARIABLE, "1")


def give_back() -> bool:
    """Return to the system what this process has freed; takes some milliseconds.

    A server draws every page in a thread of its own, and each of glibc's heaps keeps what was freed
    in it: without this a long session grows although nothing is held.

    Returns:
        Whether there was something to give back; False where the C library is another one.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).malloc_trim(0))
