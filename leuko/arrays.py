"""Names of the arrays that pictures are and that figures are computed from."""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""A picture, (H, W, 3), RGB, unless said otherwise."""
BytePlane = NDArray[np.uint8]
"""(H, W), one byte a pixel."""
Plane = NDArray[np.float32]
"""(H, W), one value a pixel."""
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
