"""Bring samples of any depth to 8 bits: all channels of a picture, alpha too, by one scale.

How many bits a camera filled of a 16-bit file decides how bright the picture is. What the file says
goes first. Where it says nothing the largest value decides between 8, 12 and 16 bits, the depths
that cameras are sold with, and the user is told that it is a guess. Nothing in between: a dark
12-bit picture whose largest value is 900 would pass for one of 10 bits and be brightened four times
before its darkness could be judged.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leuko.imaging.decoding.to_rgb8 import TOP_OF_BYTE, UnreadableError

BYTE_BITS, WORD_BITS = 8, 16
GUESSED_DEPTHS = (8, 12, 16)
FLOAT_NOTE = "Fractions between 0 and 1 were scaled to 8 bit."
OVERSHOOT = 0.5
"""In steps of 8 bits. A value that lies outside of its range by less rounds to the end of it, so
the picture is the one that was meant; arithmetic with floats oversteps by far less."""
DOUBTFUL_TOP = 2.0
"""Between just above 1 and this a largest value may be an overshoot of fractions (sharpening and
resampling overstep by up to a fifth) or a black picture of values up to 255."""
EXPORT_INTEGERS = "Export the picture with 8 or 16 bits."


def to_bytes(
    samples: NDArray[Any], bits: int, stated_bits: int | None = None
) -> tuple[NDArray[np.uint8], str]:
    """Scale samples of any type so that their full range becomes 0 to 255.

    Args:
        samples: all channels that belong to the picture, alpha included; any shape.
        bits: bits that the file reserves for a sample.
        stated_bits: bits of them that hold values, where the file says so.

    Returns:
        uint8 of the same shape and a sentence for the user, empty when nothing was scaled.

    Raises:
        UnreadableError: for values that are not finite or of no known range.
    """
    if samples.dtype.kind == "f":
        return fractions_to_bytes(samples)
    if samples.dtype.kind == "b":
        samples = samples.astype(np.uint8)
    if samples.dtype == np.uint8 and bits == BYTE_BITS:
        return samples, ""
    lowest, highest = int(samples.min(initial=0)), int(samples.max(initial=0))
    if lowest < 0 or highest >= 1 << WORD_BITS:
        raise UnreadableError(
            f"The values of this picture run from {lowest} to {highest}; expected 0 to 65535. "
            f"{EXPORT_INTEGERS}"
        )
    if bits < WORD_BITS and samples.dtype.kind in "bu":
        stated_bits = bits
    return deep_to_bytes(samples, stated_bits)


def deep_to_bytes(
    samples: NDArray[Any], stated_bits: int | None = None
) -> tuple[NDArray[np.uint8], str]:
    """Scale integer samples so that the full range of their depth becomes 0 to 255.

    Args:
        samples: integers from 0 to 65,535, any shape.
        stated_bits: depth that the file states; a statement that its values belie is passed over.

    Returns:
        uint8 of the same shape, ``round(value * 255 / top)``, and a sentence for the user, empty
        when the depth is stated and 8 bits or fewer.
    """
    largest = int(samples.max(initial=0))
    if stated_bits is not None and stated_bits <= WORD_BITS and largest < 1 << stated_bits:
        bits = stated_bits
        note = f"{bits}-bit values were scaled to 8 bit." if bits > BYTE_BITS else ""
    else:
        bits = next(depth for depth in GUESSED_DEPTHS if largest < 1 << depth)
        note = f"{bits}-bit values were scaled to 8 bit."
        if largest < 1 << WORD_BITS - 1:
            note = (
                f"The file does not say how many of its 16 bits hold values; {bits} were guessed "
                f"from the largest value, {largest}, and scaled to 8 bit."
            )
    top = (1 << bits) - 1
    values = np.arange(top + 1, dtype=np.uint32)
    table = ((values * TOP_OF_BYTE + top // 2) // top).astype(np.uint8)
    return table[samples], note


def fractions_to_bytes(samples: NDArray[Any]) -> tuple[NDArray[np.uint8], str]:
    """Scale floating-point samples to 0 to 255.

    Args:
        samples: floats, any shape; all in [0, 1], or all in [0, 255], but for an overshoot by less
            than half of an 8-bit step, which is cut off.

    Returns:
        uint8 of the same shape and a sentence for the user.

    Raises:
        UnreadableError: for NaN, infinity or values outside of both ranges.
    """
    if not np.isfinite(samples).all():
        raise UnreadableError(f"Some values are not numbers (NaN or infinity). {EXPORT_INTEGERS}")
    lowest, highest = float(samples.min(initial=0)), float(samples.max(initial=0))
    slack = OVERSHOOT / TOP_OF_BYTE
    scale = TOP_OF_BYTE if highest < 1 + slack else 1
    if (
        lowest <= -OVERSHOOT / scale
        or highest >= TOP_OF_BYTE + OVERSHOOT
        or 1 + slack <= highest < DOUBTFUL_TOP
    ):
        raise UnreadableError(
            f"The floating-point values run from {lowest:.4g} to {highest:.4g}; expected 0 to 1 "
            f"or 0 to 255. {EXPORT_INTEGERS}"
        )
    # Rounded in 64 bits where it is scaled; in place, as a large picture takes memory enough.
    scaled = samples.astype(np.float64 if scale > 1 else samples.dtype)
    scaled *= scale
    np.clip(np.rint(scaled, out=scaled), 0, TOP_OF_BYTE, out=scaled)
    note = FLOAT_NOTE if scale > 1 else "Floating-point values were rounded to 8 bit."
    return scaled.astype(np.uint8), note
