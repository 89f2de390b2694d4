"""Small files that take much memory, drawn for the campaign: one of each kind of decoding."""

import io
import struct
from collections.abc import Callable, Collection

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

Maker = Callable[[], bytes]
ORIENTATION_TAG, TURNED_LEFT = 274, 6


def _smooth(side_px: int) -> NDArray[np.uint8]:
    """uint8 (side, side, 3), soft patches of colour."""
    seeds = np.random.default_rng(1).integers(0, 256, (8, 8, 3), np.uint8)
    return np.asarray(cv2.resize(seeds, (side_px, side_px)), np.uint8)


def _pillow(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def _turned(image: Image.Image, kind: str) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = TURNED_LEFT
    return _pillow(image, kind, exif=exif)


def _tiff(samples: NDArray[np.generic], **options: object) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, samples, **options)
    return stream.getvalue()


def _png16(samples: NDArray[np.uint16]) -> bytes:
    return bytes(cv2.imencode(".png", samples, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])


def _bmp_of_runs(side_px: int) -> bytes:
    """An 8-bit BMP in run lengths, grey."""
    row = b"".join(bytes((min(255, side_px - at), 7)) for at in range(0, side_px, 255)) + b"\0\0"
    body, palette = row * side_px + b"\0\1", bytes(range(256)) * 4
    start = 54 + len(palette)
    sizes = struct.pack("<IiiHHIIiiII", 40, side_px, side_px, 1, 8, 1, len(body), 0, 0, 256, 0)
    return struct.pack("<2sIHHI", b"BM", start + len(body), 0, 0, start) + sizes + palette + body


def dear_files(side_px: int, kinds: Collection[str] | None = None) -> dict[str, bytes]:
    """Files by the name of their kind.

    Args:
        side_px: of each picture, pixels.
        kinds: which to draw; all without.
    """
    colour = _smooth(side_px)
    rgb, grey = Image.fromarray(colour), Image.fromarray(colour[..., 0])
    makers = _pillow_files(rgb, grey) | _deep_png_files(colour) | _tiff_files(colour)
    return {kind: make() for kind, make in makers.items() if kinds is None or kind in kinds}


def _pillow_files(rgb: Image.Image, grey: Image.Image) -> dict[str, Maker]:
    def rgba() -> Image.Image:
        return Image.merge("RGBA", [*rgb.split(), grey])

    return {
        "1-bit PNG": lambda: _pillow(grey.convert("1", dither=Image.Dither.NONE), "PNG"),
        "8-bit RGB PNG": lambda: _pillow(rgb, "PNG", compress_level=1),
        "8-bit RGBA PNG": lambda: _pillow(rgba(), "PNG", compress_level=1),
        "palette PNG with alpha": lambda: _pillow(
            grey.convert("P"), "PNG", transparency=bytes(range(256))
        ),
        "grey PNG with alpha": lambda: _pillow(rgba().convert("LA"), "PNG", compress_level=1),
        "turned PNG": lambda: _turned(rgb, "PNG"),
        "JPEG": lambda: _pillow(rgb, "JPEG"),
        "turned JPEG": lambda: _turned(rgb, "JPEG"),
        "progressive JPEG": lambda: _pillow(rgb, "JPEG", progressive=True, subsampling=0),
        "CMYK JPEG": lambda: _pillow(rgb.convert("CMYK"), "JPEG"),
        "progressive CMYK JPEG": lambda: _pillow(rgb.convert("CMYK"), "JPEG", progressive=True),
        "grey JPEG": lambda: _pillow(grey, "JPEG"),
        "WebP": lambda: _pillow(rgb, "WEBP", method=0),
        "lossless WebP with alpha": lambda: _pillow(
            rgba(), "WEBP", lossless=True, quality=0, method=0
        ),
        "animated WebP": lambda: _pillow(
            grey.convert("RGB"), "WEBP", save_all=True, append_images=[rgb], method=0
        ),
        "BMP": lambda: _pillow(rgb, "BMP"),
        "BMP of runs": lambda: _bmp_of_runs(rgb.width),
        "TIFF LZW": lambda: _pillow(rgb, "TIFF", compression="tiff_lzw"),
        "TIFF LZW with differences": lambda: _pillow(
            rgb, "TIFF", compression="tiff_lzw", tiffinfo={317: 2}
        ),
        "1-bit TIFF": lambda: _pillow(grey.convert("1"), "TIFF", compression="group4"),
        "palette TIFF": lambda: _pillow(grey.convert("P"), "TIFF"),
        "CMYK TIFF": lambda: _pillow(rgb.convert("CMYK"), "TIFF", compression="tiff_adobe_deflate"),
    }


def _deep_png_files(colour: NDArray[np.uint8]) -> dict[str, Maker]:
    def deep(channels: int) -> NDArray[np.uint16]:
        samples = np.dstack([colour, colour[..., 0]])[..., :channels].astype(np.uint16)
        return samples * np.uint16(257)

    return {
        "16-bit grey PNG": lambda: _png16(deep(1)),
        "16-bit RGB PNG": lambda: _png16(deep(3)),
        "16-bit RGBA PNG": lambda: _png16(deep(4)),
    }


def _tiff_files(colour: NDArray[np.uint8]) -> dict[str, Maker]:
    def with_alpha() -> NDArray[np.uint8]:
        return np.dstack([colour, colour[..., 0]])

    deep, fraction = np.uint16(257), np.float32(255)
    alpha = {"photometric": "rgb", "extrasamples": [2]}
    return {
        "TIFF": lambda: _tiff(colour),
        "tiled TIFF": lambda: _tiff(colour, tile=(256, 256), compression="zlib"),
        "TIFF with planes apart": lambda: _tiff(
            np.moveaxis(colour, -1, 0), photometric="rgb", planarconfig="separate"
        ),
        "JPEG in TIFF": lambda: _tiff(colour, compression="jpeg"),
        "16-bit TIFF": lambda: _tiff(colour * deep, compression="zlib"),
        "16-bit RGBA TIFF": lambda: _tiff(with_alpha() * deep, compression="zlib", **alpha),
        "float64 TIFF": lambda: _tiff(colour / 255.0, compression="zlib", photometric="rgb"),
        "float32 TIFF": lambda: _tiff(colour / fraction, photometric="rgb"),
        "RGBA TIFF": lambda: _tiff(with_alpha(), **alpha),
    }
