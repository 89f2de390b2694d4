import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps

from leuko.imaging.decoding.decode import decode_image
from leuko.settings import Limits
from tests.drawn import encode, png_chunk
from tests.unit.imaging.decoding.written_tiffs import PIXELS, tiff

FORMATS = {"PNG": {}, "JPEG": {"quality": 90}, "WEBP": {"lossless": True}}
BYTE, SHORT, LONG, SIGNED_SHORT, SIGNED_LONG = 1, 3, 4, 8, 9
LETTERS = {BYTE: "B", SHORT: "H", LONG: "I", SIGNED_SHORT: "h", SIGNED_LONG: "i"}


def exif(orientation, order="<", kind=SHORT):
    """A block of EXIF with one entry; the value stands at the left, as the standard wants."""
    value = struct.pack(order + LETTERS[kind], orientation).ljust(4, b"\0")
    start = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(f"{order}HHI", 0x0112, kind, 1) + value
    return start + struct.pack(f"{order}IH", 8, 1) + entry + bytes(4)


def xmp(orientation, form='tiff:Orientation="{}"'):
    words = form.format(orientation)
    closed = f"><rdf:Description>{words}" if words[0] == "<" else f"><rdf:Description {words}/>"
    return f"<x:xmpmeta{closed}</x:xmpmeta>".encode()


def pixels(data):
    return decode_image(data, "cell", Limits()).pixels


def upright_by_pillow(data):
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [SHORT, LONG, SIGNED_SHORT, SIGNED_LONG])
def test_orientation_of_any_integer_type_is_obeyed_as_pillow_does(file_format, order, kind):
    for orientation in range(10):
        block = b"Exif\0\0" + exif(orientation, order, kind)
        data = encode(PIXELS, file_format, exif=block, **FORMATS[file_format])
        assert np.array_equal(pixels(data), upright_by_pillow(data))


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("order", ["<", ">"])
def test_orientation_in_a_byte_is_obeyed_although_pillow_passes_it_over(file_format, order):
    options = FORMATS[file_format]
    for orientation in range(1, 9):
        data = encode(
            PIXELS, file_format, exif=b"Exif\0\0" + exif(orientation, order, BYTE), **options
        )
        usual = encode(PIXELS, file_format, exif=b"Exif\0\0" + exif(orientation), **options)
        assert np.array_equal(pixels(data), upright_by_pillow(usual))


@pytest.mark.parametrize("letter", ["H", "I"])
def test_orientation_of_a_tiff_may_be_of_any_integer_type(letter):
    for orientation in range(1, 9):
        tag = (274, letter, 1, orientation, True)
        data = tiff(PIXELS, photometric="rgb", extratags=[tag])
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            assert np.array_equal(pixels(data), np.asarray(image))


@pytest.mark.parametrize(
    "form", ['tiff:Orientation="{}"', "<tiff:Orientation>{}</tiff:Orientation>"]
)
@pytest.mark.parametrize("file_format", ["JPEG", "WEBP", "TIFF"])
def test_orientation_in_xmp_is_obeyed_as_pillow_does(file_format, form):
    for orientation in range(1, 9):
        block = xmp(orientation, form)
        if file_format == "TIFF":
            tag = (700, "B", len(block), block, True)
            data = tiff(PIXELS, photometric="rgb", extratags=[tag])
        else:
            data = encode(PIXELS, file_format, xmp=block, **FORMATS[file_format])
        assert np.array_equal(pixels(data), upright_by_pillow(data))


def test_exif_goes_before_xmp():
    for orientation in (1, 6):
        block = b"Exif\0\0" + exif(orientation)
        data = encode(PIXELS, "JPEG", xmp=xmp(8), exif=block)
        assert np.array_equal(pixels(data), upright_by_pillow(data))


def png_with(kind, body):
    data = encode(PIXELS, "PNG")
    return data[:33] + png_chunk(kind, body) + data[33:]


RAW_EXIF = f"\nexif\n{26:8}\n{exif(6).hex()}\n".encode()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(6)),
        (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(xmp(6))),
        (b"tEXt", b"Raw profile type exif\0" + RAW_EXIF),
        (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(RAW_EXIF)),
    ],
)
def test_orientation_in_the_texts_of_a_png_is_obeyed_as_pillow_does(kind, body):
    data = png_with(kind, body)
    assert np.array_equal(pixels(data), upright_by_pillow(data))
    assert pixels(data).shape == (48, 64, 3)


@pytest.mark.parametrize(
    "body",
    [
        b"XML:com.adobe.xmp\0\1\0\0\0no zlib",
        b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(bytes(20_000_000)),
        b"XML:com.adobe.xmp",
    ],
)
def test_damaged_or_huge_xmp_keeps_no_picture_out(body):
    assert np.array_equal(pixels(png_with(b"iTXt", body)), PIXELS)


@pytest.mark.parametrize("body", [b"Raw profile type exif\0", b"Raw profile type exif\0\n\n\nxyz"])
def test_a_damaged_text_of_exif_keeps_no_picture_out(body):
    assert np.array_equal(pixels(png_with(b"tEXt", body)), PIXELS)


def test_the_first_exif_block_of_a_jpeg_counts():
    data = encode(PIXELS, "JPEG", exif=b"Exif\0\0" + exif(6))
    block = b"Exif\0\0" + exif(3)
    second = b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
    place = data.index(b"\xff\xdb")
    data = data[:place] + second + data[place:]
    assert np.array_equal(pixels(data), upright_by_pillow(data))
