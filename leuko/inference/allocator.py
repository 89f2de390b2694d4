"""How a process gets memory from Linux; :func:`give_back` returns it."""

import os
from typing import Final

from leuko.imaging.budget import give_back

__all__ = ["VARIABLE", "ask_for_huge_pages", "give_back"]

VARIABLE: Final = "THP_MEM_ALLOC_ENABLE"
"""Read by PyTorch at its first tensor (c10/core/impl/alloc_cpu); means nothing outside Linux."""


def ask_for_huge_pages() -> None:
    """Let PyTorch ask Linux for huge pages; call it before PyTorch makes its first tensor.

    Each feature map is fresh memory, which the system hands out page by page: with pages of 4 KiB
    that alone took a tenth of a pass. A choice made by the user in the environment stays.
    """
    os.environ.setdefault(VARIABLE, "1")
