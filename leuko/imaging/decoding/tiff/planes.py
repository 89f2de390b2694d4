"""Find the planes of colour of a TIFF whose red, green and blue are pictures of their own.

Microscopes and ImageJ store a colour picture as three grey ones, and write into the first page's
description which is which. Pages that nobody calls channels stay what they are: three slices of
focus are no colours.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from leuko.imaging.decoding.tiff.ome import Channel, OmePicture, looks_like_ome, read_ome
from leuko.imaging.decoding.to_rgb8 import UnreadableError
from leuko.imaging.filenames import display_name

RGB_CHANNELS = 3
IMAGEJ_METADATA_TAG, PAGE_NAME_TAG = 50839, 285
MAX_JSON_CHARS, MAX_CHANNELS = 1_000_000, 10_000
EXPORT_RGB = "Export the picture as the microscope shows it, as PNG or 8-bit RGB TIFF."
COLOUR_WORDS = {"red": 0, "r": 0, "green": 1, "g": 1, "blue": 2, "b": 2}
FILLERS = {"channel", "ch", "c", "colour", "color", "camera", "brightfield", "bf", "plane"}
_DYES = (
    "dapi hoechst fitc tritc gfp egfp rfp yfp cfp bfp mcherry tdtomato alexa texas rhodamine "
    "phalloidin draq propidium far nile cy cyanine fluorescence fluorescein dye spectrum"
)
DYES = frozenset(_DYES.split())
STRONG, WEAK = 200, 60
"""From 0 to 255: a pure colour has one part above the first and two below the second."""


@dataclass(frozen=True)
class Planes:
    """Where the colours of a TIFF lie.

    Attributes:
        numbers: planes to be read: one, or those of red, green and blue.
        together: all planes of the file as its metadata count them.
        channels: what is known of the channels inside the one plane.
        stated_bits: bits of a sample that hold values, where the metadata say so.
    """

    numbers: tuple[int, ...] = (0,)
    together: int = 1
    channels: tuple[Channel, ...] = ()
    stated_bits: int | None = None


def find_planes(pages: Any, main: int) -> Planes:  # noqa: ANN401 (tifffile pages)
    """Find out which pages are the colours of the picture.

    Args:
        pages: tifffile pages.
        main: number of the page that is the picture, or the first plane of it.

    Raises:
        UnreadableError: for channels that are no colours, or a description that cannot be read.
    """
    page, count = pages[main], len(pages)
    if main != 0:
        return Planes((main,), count)
    description = page.description if isinstance(page.description, str) else ""
    if looks_like_ome(description):
        planes = _of_ome(page, description, count)
        if planes is not None:
            return planes
    imagej = page.imagej_description
    if imagej:
        return _of_imagej(page, imagej, count)
    if page.samplesperpixel == 1 and (shaped := page.shaped_description):
        planes = _of_shaped(shaped, count)
        if planes is not None:
            return planes
    name = _text(page.tags.valueof(PAGE_NAME_TAG))
    if page.samplesperpixel == 1 and count >= RGB_CHANNELS and name:
        names = [_text(pages[number].tags.valueof(PAGE_NAME_TAG)) for number in range(3)]
        order = named_order([Channel(name) for name in names])
        if order is not None:
            return Planes(order, count)
    return Planes((main,), count)


def colour_order(channels: Sequence[Channel]) -> tuple[int, ...]:
    """Numbers of the channels that are red, green and blue.

    Args:
        channels: two or more.

    Returns:
        By their names where these tell, then by the colours in which they are to be shown; three
        channels of which neither tells are red, green and blue.

    Raises:
        UnreadableError: for channels that are not red, green and blue.
    """
    order = named_order(channels)
    if order is not None:
        return order
    names = [channel.name for channel in channels if channel.name.strip()]
    called = f" ({display_name(', '.join(names))})" if names else ""
    if len(channels) != RGB_CHANNELS:
        raise UnreadableError(
            f"This TIFF has {len(channels)} channels{called}; expected grey, or red, green and "
            f"blue, as of a stained smear. {EXPORT_RGB}"
        )
    if any(channel.fluorescent or _words(channel.name) & DYES for channel in channels):
        raise UnreadableError(
            f"The three channels of this TIFF{called} are of fluorescence; expected red, green and "
            f"blue, as of a stained smear. {EXPORT_RGB}"
        )
    tints = [channel.colour for channel in channels]
    coloured = [tint for tint in tints if tint is not None and max(tint) - min(tint) > WEAK]
    if not coloured:
        return (0, 1, 2)
    pure = [_pure(tint) for tint in tints]
    if sorted(pure) != [0, 1, 2]:
        raise UnreadableError(
            f"The three channels of this TIFF{called} are shown in colours other than red, green "
            f"and blue; expected a stained smear. {EXPORT_RGB}"
        )
    return tuple(pure.index(colour) for colour in range(3))


def named_order(channels: Sequence[Channel]) -> tuple[int, ...] | None:
    """Numbers of red, green and blue by the names of the channels; None when they do not tell."""
    found = [COLOUR_WORDS.get(" ".join(sorted(_words(one.name) - FILLERS)), -1) for one in channels]
    if all(found.count(colour) == 1 for colour in range(3)):
        return tuple(found.index(colour) for colour in range(3))
    return None


def _words(name: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", name.casefold()))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _pure(tint: tuple[int, int, int] | None) -> int:
    """0, 1, 2 for red, green, blue; -1 for every other colour."""
    if tint is None or max(tint) < STRONG or sorted(tint)[1] > WEAK:
        return -1
    return tint.index(max(tint))


def _of_ome(page: Any, description: str, pages: int) -> Planes | None:  # noqa: ANN401 (tifffile)
    try:
        picture = read_ome(description)
    except UnreadableError:
        if page.samplesperpixel == 1 and pages > 1:
            raise
        return None  # what the page itself says suffices
    if picture is None or (picture.width_px, picture.height_px) != (
        page.imagewidth,
        page.imagelength,
    ):
        return None
    bits = picture.significant_bits
    if page.samplesperpixel > 1:
        whole = _padded(picture.channels, page.samplesperpixel)
        return Planes((0,), pages, whole if picture.samples == 1 else (), bits)
    count = picture.planes_of_channels
    if count == 1 or picture.samples != 1:
        return Planes((_first_page(picture, pages),), pages, (), bits)
    order = colour_order(_padded(picture.channels, count))
    return Planes(tuple(picture.page_of_channel(channel) for channel in order), pages, (), bits)


def _first_page(picture: OmePicture, pages: int) -> int:
    """The page of the only channel; one channel of many files is on the page that is here."""
    try:
        page = picture.page_of_channel(0)
    except UnreadableError:
        return 0
    return page if page < pages else 0


def _padded(channels: Sequence[Channel], count: int) -> tuple[Channel, ...]:
    return (*channels[:count], *[Channel()] * min(count - len(channels), MAX_CHANNELS))


def _of_imagej(page: Any, description: str, pages: int) -> Planes:  # noqa: ANN401 (tifffile page)
    told = dict(
        re.findall(r"^(images|channels|slices|frames)=(\d{1,9})", description, re.MULTILINE)
    )
    together = max(pages, int(told.get("images", 1)))
    if page.samplesperpixel > 1:
        return Planes((0,), pages)
    count = int(told.get("channels", 1))
    extra = page.tags.valueof(IMAGEJ_METADATA_TAG)
    extra = extra if isinstance(extra, dict) else {}
    labels = [_text(label) for label in list(extra.get("Labels", ()))[:RGB_CHANNELS]]
    if count == 1:
        # "RGB stack": three slices that are called by their colours.
        order = named_order([Channel(label) for label in labels]) or (0,)
        return Planes(order, together)
    tints = [_top_of(table) for table in list(extra.get("LUTs", ()))[:count]]
    if count != RGB_CHANNELS:
        return Planes(colour_order([Channel()] * min(count, MAX_CHANNELS)), together)
    labels += [""] * (RGB_CHANNELS - len(labels))
    tints += [None] * (RGB_CHANNELS - len(tints))
    channels = [Channel(name, tint) for name, tint in zip(labels, tints, strict=True)]
    return Planes(colour_order(channels), together)


def _top_of(table: Any) -> tuple[int, int, int] | None:  # noqa: ANN401 (an array of tifffile)
    """The colour that a look-up table (3, 256) gives to the largest value."""
    if getattr(table, "shape", None) != (3, 256):
        return None
    red, green, blue = (int(value) for value in table[:, -1])
    return red, green, blue


def _of_shaped(description: str, pages: int) -> Planes | None:
    """Planes of a file of tifffile's own kind, when its axes were named."""
    try:
        told = json.loads(description[:MAX_JSON_CHARS])
        shape, axes = [int(side) for side in told["shape"]], str(told["axes"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if len(axes) != len(shape) or "C" not in axes[:-2] or axes[-2:] != "YX":
        return None
    place, stride, together = axes.index("C"), 1, 1
    for axis, side in enumerate(shape[:-2]):
        together *= side
        stride *= side if axis > place else 1
    if shape[place] == 1:
        return None
    names = told.get("Channel", {}) if isinstance(told.get("Channel", {}), dict) else {}
    names = names.get("Name", [])
    names = [_text(name) for name in names] if isinstance(names, list) else []
    channels = _padded([Channel(name) for name in names], shape[place])
    numbers = tuple(stride * channel for channel in colour_order(channels))
    return Planes(numbers, max(pages, together))
