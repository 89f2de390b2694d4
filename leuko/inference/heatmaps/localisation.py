"""Where the evidence for a class lies: on nuclei, on cytoplasm or outside of the cells."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leuko.inspection.cells.mask import CYTOPLASM, NUCLEUS, CellMask

MOSTLY: Final = 0.5


@dataclass(frozen=True)
class EvidenceShares:
    """Where the positive evidence for a class lies; fractions that sum to 1.

    Attributes:
        nucleus: share on the nuclei of leukocytes.
        cytoplasm: share on the rest of leukocytes.
        outside: share on everything else inside the picture.
    """

    nucleus: float
    cytoplasm: float
    outside: float

    @property
    def on_cells(self) -> float:
        """Share on leukocytes, nucleus and cytoplasm together."""
        return self.nucleus + self.cytoplasm

    @property
    def mostly_outside(self) -> bool:
        """Whether more than half of the evidence lies outside the leukocytes."""
        return self.outside > MOSTLY


def evidence_shares(
    evidence: NDArray[np.float32],
    cells: CellMask,
    area: tuple[int, int, int, int],
    side_px: int,
) -> EvidenceShares | None:
    """Divide the evidence inside a picture between nuclei, cytoplasm and the rest.

    Evidence is upsampled bilinearly to the resolution of the mask; what lies on the padding around
    the picture is left out.

    Args:
        evidence: float32 (h, w), not below 0, on the network's square.
        cells: mask over the whole picture.
        area: (left, top, right, bottom) of the picture on that square, pixels; it may reach
            beyond the square, where a crop was taken.
        side_px: side of the square, pixels.

    Returns:
        The shares, or None when no evidence lies inside the picture.
    """
    left, top, right, bottom = area
    columns, across = _seen((left, right), side_px, cells.shape[1])
    rows, down = _seen((top, bottom), side_px, cells.shape[0])
    if columns.start >= columns.stop or rows.start >= rows.stop:
        return None
    height, width = evidence.shape
    box = (across[0] * width, down[0] * height, across[1] * width, down[1] * height)
    size = columns.stop - columns.start, rows.stop - rows.start
    image = Image.fromarray(np.ascontiguousarray(evidence, dtype=np.float32))
    upsampled = np.asarray(image.resize(size, Image.Resampling.BILINEAR, box=box)).clip(min=0)
    sums = np.bincount(cells[rows, columns].ravel(), weights=upsampled.ravel(), minlength=3)
    total = float(sums.sum())
    if total <= 0:
        return None
    nucleus, cytoplasm = float(sums[NUCLEUS]) / total, float(sums[CYTOPLASM]) / total
    return EvidenceShares(nucleus, cytoplasm, max(0.0, 1.0 - nucleus - cytoplasm))


def _seen(edges: tuple[int, int], side_px: int, cells: int) -> tuple[slice, tuple[float, float]]:
    """What of the mask the network saw along one axis, and where that lies on its square.

    Returns:
        The mask's positions that lie on the square with their centre, and their two ends as
        fractions of the square's side.
    """
    step = (edges[1] - edges[0]) / cells
    centres = edges[0] + (np.arange(cells) + 0.5) * step
    seen = np.flatnonzero((centres >= 0) & (centres < side_px))
    if not seen.size:
        return slice(0, 0), (0.0, 0.0)
    first, behind = int(seen[0]), int(seen[-1]) + 1
    start = max(0.0, edges[0] + first * step) / side_px
    end = min(float(side_px), edges[0] + behind * step) / side_px
    return slice(first, behind), (start, end)
