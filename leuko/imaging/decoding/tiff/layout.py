"""What the samples of a TIFF page mean, also where its tags contradict each other or the data.

Read is what leaves no doubt: three samples that nothing else accounts for are red, green and blue
whatever the tag says; one sample is grey. Where both readings are possible the picture is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from leuko.imaging.decoding.metadata import BROKEN
from leuko.imaging.decoding.to_rgb8 import UnreadableError

EXPORT = "Export the picture as PNG or as an uncompressed 8-bit RGB TIFF."

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR = 0, 1, 2, 3, 5, 6
GREY_CHANNELS, RGB_CHANNELS, CMYK_CHANNELS = 1, 3, 4
UNCOMPRESSED, JPEG = 1, 7
UNSPECIFIED, ASSOCIATED_ALPHA, UNASSOCIATED_ALPHA = 0, 1, 2
PHOTOMETRIC_TAG, BITS_TAG, FORMAT_TAG, SAMPLES_TAG = 262, 258, 339, 277
MIN_TAGS, MAX_TAGS = 280, (281, 341)
MAX_SAMPLES = 8
"""Colours and further channels of a page; more are a spectrum, not a photograph."""
BYTE_BITS, WORD_BITS, MOST_BITS = 8, 16, 64
UNSIGNED = 1
READ_TYPES = "buif"
"""Of NumPy: truth values, integers without and with a sign, floats."""
OTHER_MODELS = {4: "a transparency mask", 8: "CIELab", 9: "ICCLab", 10: "ITULab", 32803: "raw"}
GUESSED_ZERO_NOTE = "The file does not say whether 0 is black or white; it was read as black."


@dataclass(frozen=True)
class Layout:
    """What the samples of a page mean.

    Attributes:
        model: WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE or CMYK; YCbCr is RGB once decoded.
        colours: number of samples, the first ones, that are colours.
        alpha: number of the sample that is transparency, None without one.
        premultiplied: whether the colours were multiplied by it.
        unclear: number of a sample that nothing is said about, which may be transparency.
        ignored: number of samples that are neither.
        note: a sentence for the user, empty without one.
    """

    model: int
    colours: int
    alpha: int | None = None
    premultiplied: bool = False
    unclear: int | None = None
    ignored: int = 0
    note: str = ""


def mend_tags(page: Any) -> None:  # noqa: ANN401 (tifffile page)
    """Put right the counts and types of a page that its other tags or its bytes contradict.

    Args:
        page: a tifffile page; it is changed.

    Raises:
        UnreadableError: when its samples are of different depths or of a type that is not read.
    """
    _mend_depth(page)
    _mend_samples(page)
    if np.max(page.bitspersample) > MOST_BITS:
        raise UnreadableError(BROKEN)
    if not isinstance(page.bitspersample, int):
        depths = ", ".join(str(depth) for depth in page.bitspersample[:MAX_SAMPLES])
        raise UnreadableError(
            f"The channels of this TIFF have different depths ({depths} bits). {EXPORT}"
        )
    formats = page.tags.get(FORMAT_TAG)
    if formats is not None and isinstance(formats.value, tuple):
        formats.value = formats.value[: page.samplesperpixel]
    if page.dtype is None and page.bitspersample in (1, 2, 4, BYTE_BITS):
        # Floats and other numbers of so few bits do not exist.
        _set_type(page)
    if page.dtype is None or page.dtype.kind not in READ_TYPES:
        raise UnreadableError(f"The kind of numbers in this TIFF is not read. {EXPORT}")


def _mend_depth(page: Any) -> None:  # noqa: ANN401 (tifffile page)
    """A depth that is not given is 1 by the standard; data of whole bytes say otherwise."""
    values = page.imagelength * page.imagewidth * page.samplesperpixel
    whole_bytes = page.compression == UNCOMPRESSED and sum(page.databytecounts) == values
    if BITS_TAG not in page.tags and (page.photometric == RGB or whole_bytes):
        page.bitspersample = BYTE_BITS
        _set_type(page)


def _mend_samples(page: Any) -> None:  # noqa: ANN401 (tifffile page)
    """RGB of one sample has three when their depths are listed, or the bytes suffice for three."""
    if page.photometric != RGB or page.samplesperpixel != 1:
        return
    height, width = page.imagelength, page.imagewidth
    bits = page.tags.valueof(BITS_TAG)
    listed = len(bits) if isinstance(bits, tuple) else RGB_CHANNELS
    depth = bits[0] if isinstance(bits, tuple) else page.bitspersample
    as_many = page.compression == UNCOMPRESSED and (
        sum(page.databytecounts) * BYTE_BITS == height * width * listed * depth
    )
    unsaid = isinstance(bits, tuple) and SAMPLES_TAG not in page.tags
    if listed in (RGB_CHANNELS, RGB_CHANNELS + 1) and (as_many or unsaid):
        together = page.planarconfig == 1
        page.samplesperpixel = listed
        page.shape = (height, width, listed) if together else (listed, height, width)
        page.shaped = (1, 1, *page.shape) if together else (listed, 1, height, width, 1)
        page.axes = "YXS" if together else "SYX"


def _set_type(page: Any) -> None:  # noqa: ANN401 (tifffile page)
    """Bytes without a sign; tifffile keeps the type twice, once for the decoder."""
    page.sampleformat = UNSIGNED
    page.dtype = page._dtype = np.dtype(np.uint8)  # noqa: SLF001 (as said)


def sample_layout(page: Any) -> Layout:  # noqa: ANN401 (tifffile page)
    """Meaning of the samples of a page.

    Args:
        page: a tifffile page, its tags mended.

    Raises:
        UnreadableError: for a colour model that is not read, or tags that leave a doubt.
    """
    samples = page.samplesperpixel
    model, colours, note = _model(page, samples)
    if page.imagedepth != 1 or not colours <= samples <= MAX_SAMPLES:
        raise UnreadableError(
            f"This TIFF has {samples} channels in {page.imagedepth} layers; expected grey, RGB or "
            f"CMYK in one layer, with at most {MAX_SAMPLES} channels. {EXPORT}"
        )
    if model == BLACK_IS_ZERO and samples > colours + 1:
        raise UnreadableError(
            f"This TIFF has {samples} channels and does not say which are colours; expected grey, "
            f"or red, green and blue, as of a stained smear. {EXPORT}"
        )
    meanings = _meanings(page.extrasamples, samples - colours)
    for number, meaning in enumerate(meanings):
        if meaning in (ASSOCIATED_ALPHA, UNASSOCIATED_ALPHA):
            premultiplied = meaning == ASSOCIATED_ALPHA
            alpha = colours + number
            return Layout(model, colours, alpha, premultiplied, None, len(meanings) - 1, note)
    guessed = model == RGB and page.photometric in (BLACK_IS_ZERO, WHITE_IS_ZERO)
    unclear = colours if guessed and meanings else None
    return Layout(model, colours, unclear=unclear, ignored=len(meanings), note=note)


def _model(page: Any, samples: int) -> tuple[int, int, str]:  # noqa: ANN401 (tifffile page)
    stated = int(page.photometric) if PHOTOMETRIC_TAG in page.tags else None
    if stated == YCBCR and page.compression == JPEG:
        return (RGB, RGB_CHANNELS, "") if samples >= RGB_CHANNELS else (BLACK_IS_ZERO, 1, "")
    if stated == YCBCR:
        raise UnreadableError(f"YCbCr colours without JPEG compression are not read. {EXPORT}")
    if stated == CMYK and samples >= CMYK_CHANNELS:
        return CMYK, CMYK_CHANNELS, ""
    if stated not in (None, WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE):
        named = OTHER_MODELS.get(int(stated), f"number {int(stated)}")
        named = f"CMYK with {samples} channels" if stated == CMYK else named
        raise UnreadableError(f"The colour model of this TIFF ({named}) is not read. {EXPORT}")
    if samples >= RGB_CHANNELS:
        if stated == WHITE_IS_ZERO:
            raise UnreadableError(
                f"The tags of this TIFF say that white is zero, as of grey pictures, and that it "
                f"has {samples} channels. {EXPORT}"
            )
        ends_in_alpha = bool(page.extrasamples) and int(page.extrasamples[-1]) != UNSPECIFIED
        most = RGB_CHANNELS + 1 if samples > RGB_CHANNELS or not ends_in_alpha else 2
        unclear = stated in (None, BLACK_IS_ZERO) and samples > most
        return (BLACK_IS_ZERO if unclear else RGB), (1 if unclear else RGB_CHANNELS), ""
    if stated is None and page.colormap is not None:
        return PALETTE, GREY_CHANNELS, ""
    if stated == PALETTE and page.colormap is None:
        raise UnreadableError(f"The palette of this TIFF is missing. {EXPORT}")
    if stated in (WHITE_IS_ZERO, PALETTE):
        return stated, GREY_CHANNELS, ""
    return BLACK_IS_ZERO, GREY_CHANNELS, GUESSED_ZERO_NOTE if stated is None else ""


def _meanings(extra: Sequence[int] | None, count: int) -> list[int]:
    """Meanings of the samples behind the colours, counted from the last where lists are short."""
    told = [int(meaning) for meaning in extra or ()]
    return ([UNSPECIFIED] * count + told)[-count:] if count else []


def stated_depth(page: Any) -> int | None:  # noqa: ANN401 (tifffile page)
    """Bits that hold values, from the tag of the largest value; None where it tells no depth.

    Some programs write the largest value that they met, which says nothing about a depth; only the
    top of a depth, such as 4095, is taken for one.
    """
    for tag in MAX_TAGS:
        value = page.tags.valueof(tag)
        tops = value if isinstance(value, tuple) else (value,)
        if all(isinstance(top, int) for top in tops):
            bits: int = max(tops).bit_length()
            if BYTE_BITS <= bits <= WORD_BITS and max(tops) == (1 << bits) - 1:
                return bits
    return None
