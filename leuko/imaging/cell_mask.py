"""What the values of a cell mask mean."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

CellMask = NDArray[np.uint8]
"""(h, w), over a whole picture in its proportions, with the values below."""

OUTSIDE: Final = 0
CYTOPLASM: Final = 1
NUCLEUS: Final = 2
LONGEST_SIDE_PX: Final = 256
