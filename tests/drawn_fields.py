"""Drawn fields of known cells: where each leukocyte, red cell and platelet lies is given."""

import numpy as np

GLASS, RED, PALLOR = (226, 218, 216), (196, 158, 164), (215, 190, 192)
CYTOPLASM, NUCLEUS, PLATELET = (176, 150, 206), (80, 45, 125), (120, 80, 160)
CELL_OF_NUCLEUS = 1.35
"""Diameter of a drawn cell by that of its nucleus."""


def draw_known_field(width, height, cells=(), red_cells=(), platelets=(), seed=0):
    """A field; cells are (x, y, diameter of the nucleus), the others (x, y, radius), pixels."""
    rng = np.random.default_rng(seed)
    canvas = np.full((height, width, 3), GLASS, np.float32)
    for x, y, radius in red_cells:
        _disk(canvas, x, y, radius, RED)
        _disk(canvas, x, y, 0.4 * radius, PALLOR)
    for x, y, nucleus in cells:
        _disk(canvas, x, y, CELL_OF_NUCLEUS * nucleus / 2, CYTOPLASM)
    for x, y, nucleus in cells:
        _disk(canvas, x, y, nucleus / 2, NUCLEUS)
    for x, y, radius in platelets:
        _disk(canvas, x, y, radius, PLATELET)
    canvas += rng.standard_normal(canvas.shape, np.float32) * 4
    return canvas.clip(0, 255).astype(np.uint8)


def spread_red_cells(width, height, radius, cells=(), seed=1):
    """Places of red cells that touch neither one another nor a leukocyte."""
    rng = np.random.default_rng(seed)
    found = []
    for x, y in rng.uniform(0, 1, (400, 2)) * (width, height):
        free = all(np.hypot(x - a, y - b) > 2.15 * radius for a, b, _ in found)
        if free and all(np.hypot(x - a, y - b) > radius + 0.8 * n for a, b, n in cells):
            found.append((x, y, radius))
    return found


def _disk(canvas, x, y, radius, colour):
    """Paint a disk with a soft rim onto the part of the canvas that it reaches."""
    height, width = canvas.shape[:2]
    left, right = max(0, int(x - radius - 2)), min(width, int(x + radius + 3))
    top, bottom = max(0, int(y - radius - 2)), min(height, int(y + radius + 3))
    if left >= right or top >= bottom:
        return
    rows, columns = np.mgrid[top:bottom, left:right]
    cover = np.clip(radius - np.hypot(columns - x, rows - y) + 0.5, 0, 1)[..., None]
    part = canvas[top:bottom, left:right]
    part[:] = part * (1 - cover) + np.array(colour, np.float32) * cover
