"""Small files that take much memory, drawn for the campaign: one of each kind of decoding."""

import io
import struct

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

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


def dear_files(side_px: int) -> dict[str, bytes]:
    """Files by the name of their kind.

    Args:
        side_px: of each picture, pixels.
    """
    colour = _smooth(side_px)
    rgb, grey = Image.fromarray(colour), Image.fromarray(colour[..., 0])
    rgba = Image.fromarray(np.dstack([colour, colour[..., 1]]))
    palette = grey.convert("P")
    deep = colour.astype(np.uint16) * 257
    alpha = deep[..., :1]
    return {
        "1-bit PNG": _pillow(grey.convert("1", dither=Image.Dither.NONE), "PNG"),
        "8-bit RGB PNG": _pillow(rgb, "PNG", compress_level=1),
        "8-bit RGBA PNG": _pillow(rgba, "PNG", compress_level=1),
        "palette PNG with alpha": _pillow(palette, "PNG", transparency=bytes(range(256))),
        "grey PNG with alpha": _pillow(rgba.convert("LA"), "PNG", compress_level=1),
        "turned PNG": _turned(rgb, "PNG"),
        "16-bit grey PNG": _png16(deep[..., 0]),
        "16-bit RGB PNG": _png16(deep),
        "16-bit RGBA PNG": _png16(np.dstack([deep, alpha])),
        "JPEG": _pillow(rgb, "JPEG"),
        "turned JPEG": _turned(rgb, "JPEG"),
        "progressive JPEG": _pillow(rgb, "JPEG", progressive=True, subsampling=0),
        "CMYK JPEG": _pillow(rgb.convert("CMYK"), "JPEG"),
        "progressive CMYK JPEG": _pillow(rgb.convert("CMYK"), "JPEG", progressive=True),
        "grey JPEG": _pillow(grey, "JPEG"),
        "WebP": _pillow(rgb, "WEBP", method=0),
        "lossless WebP with alpha": _pillow(rgba, "WEBP", lossless=True, quality=0, method=0),
        "animated WebP": _pillow(
            grey.convert("RGB"), "WEBP", save_all=True, append_images=[rgb] * 2, method=0
        ),
        "BMP": _pillow(rgb, "BMP"),
        "BMP of runs": _bmp_of_runs(side_px),
        "TIFF": _tiff(colour),
        "TIFF LZW": _pillow(rgb, "TIFF", compression="tiff_lzw"),
        "TIFF LZW with differences": _pillow(
            rgb, "TIFF", compression="tiff_lzw", tiffinfo={317: 2}
        ),
        "tiled TIFF": _tiff(colour, tile=(256, 256), compression="zlib"),
        "TIFF with planes apart": _tiff(
            np.moveaxis(colour, -1, 0), photometric="rgb", planarconfig="separate"
        ),
        "JPEG in TIFF": _tiff(colour, compression="jpeg"),
        "16-bit TIFF": _tiff(deep, compression="zlib"),
        "16-bit RGBA TIFF": _tiff(
            np.dstack([deep, alpha]), compression="zlib", photometric="rgb", extrasamples=[2]
        ),
        "float64 TIFF": _tiff(colour / 255.0, compression="zlib", photometric="rgb"),
        "float32 TIFF": _tiff((colour / 255.0).astype(np.float32), photometric="rgb"),
        "RGBA TIFF": _tiff(np.asarray(rgba), photometric="rgb", extrasamples=[2]),
        "1-bit TIFF": _pillow(grey.convert("1"), "TIFF", compression="group4"),
        "palette TIFF": _pillow(palette, "TIFF"),
        "CMYK TIFF": _pillow(rgb.convert("CMYK"), "TIFF", compression="tiff_adobe_deflate"),
    }
