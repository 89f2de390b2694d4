import struct

import numpy as np
import pytest
from PIL import ImageCms

from leuko.imaging.decoding.decode import decode_image
from leuko.settings import Limits
from tests.drawn import encode, png_chunk
from tests.unit.imaging.decoding.written_tiffs import PIXELS

FORMATS = {"PNG": {}, "JPEG": {"quality": 90}, "WEBP": {"lossless": True}, "TIFF": {}}
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SRGB_XYZ = ((0.4360, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
ADOBE_XYZ = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))


def curve(gamma):
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)


def table_curve():
    """The curve of sRGB as a table of 256 values."""
    value = np.arange(256) / 255
    light = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return b"curv" + bytes(4) + struct.pack(">I256H", 256, *np.rint(light * 65_535).astype(int))


def profile(name, columns=SRGB_XYZ, light=None, space=b"RGB "):
    """A small ICC profile of a matrix and curves, or of one curve for grey."""
    light = light or curve(2.2)
    tags = {b"desc": b"desc" + bytes(4) + struct.pack(">I", len(name) + 1) + name.encode() + b"\0"}
    if space == b"RGB ":
        for tag, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True):
            fixed = (round(part * 65_536) for part in column)
            tags[tag] = b"XYZ " + bytes(4) + struct.pack(">3i", *fixed)
        tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), light)
    else:
        tags[b"kTRC"] = light
    entries, body = b"", b""
    for tag, data in tags.items():
        start = 128 + 4 + 12 * len(tags) + len(body)
        entries += struct.pack(">4sII", tag, start, len(data))
        body += data + bytes(-len(data) % 4)
    head = bytes(16) + space + b"XYZ " + bytes(12) + b"acsp" + bytes(88)
    return head + struct.pack(">I", len(tags)) + entries + body


def notes(data):
    return decode_image(data, "cell", Limits()).notes


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_profile_that_is_not_applied_is_told_and_changes_no_pixel(file_format):
    options = FORMATS[file_format]
    wide = profile("Adobe RGB (1998)", ADOBE_XYZ)
    plain = decode_image(encode(PIXELS, file_format, **options), "cell", Limits())
    picture = decode_image(encode(PIXELS, file_format, icc_profile=wide, **options), "c", Limits())
    assert np.array_equal(picture.pixels, plain.pixels)
    assert picture.notes == ('The embedded colour profile "Adobe RGB (1998)" was not applied.',)


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("icc", [SRGB, profile("c2", light=table_curve()), profile("any name")])
def test_a_profile_of_srgb_needs_no_note_whatever_its_name(file_format, icc):
    assert notes(encode(PIXELS, file_format, icc_profile=icc, **FORMATS[file_format])) == ()


def test_a_profile_is_judged_by_its_numbers_and_not_by_its_name():
    linear = profile("Linear sRGB", light=b"curv" + bytes(8))
    assert notes(encode(PIXELS, "PNG", icc_profile=linear)) == (
        'The embedded colour profile "Linear sRGB" was not applied.',
    )


def test_a_profile_of_grey_is_judged_by_its_curve():
    for gamma, told in ((2.2, 0), (1.8, 1)):
        grey = profile("Grey", light=curve(gamma), space=b"GRAY")
        assert len(notes(encode(PIXELS[..., 0], "PNG", icc_profile=grey))) == told


def test_a_profile_in_several_parts_of_a_jpeg_is_put_together():
    large = profile("Wide", ADOBE_XYZ) + bytes(150_000)
    data = encode(PIXELS, "JPEG", icc_profile=large)
    assert data.count(b"ICC_PROFILE\0") == 3
    assert notes(data) == ('The embedded colour profile "Wide" was not applied.',)


@pytest.mark.parametrize("icc", [b"no profile", bytes(200), profile("x")[:140], b"\xff" * 400])
@pytest.mark.parametrize("file_format", FORMATS)
def test_a_damaged_profile_keeps_no_picture_out(file_format, icc):
    data = encode(PIXELS, file_format, icc_profile=icc, **FORMATS[file_format])
    assert len(notes(data)) == 1
    assert "colour profile" in notes(data)[0]


def test_the_name_of_a_profile_is_shown_without_tricks_and_short():
    (note,) = notes(encode(PIXELS, "PNG", icc_profile=profile("A\n" + 200 * "long", ADOBE_XYZ)))
    assert len(note) < 100
    assert "\n" not in note


def png_with(*chunks):
    data = encode(PIXELS, "PNG")
    return data[:33] + b"".join(png_chunk(kind, body) for kind, body in chunks) + data[33:]


SRGB_POINTS = (31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6000)
WIDE_POINTS = (31_270, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000, 6000)


@pytest.mark.parametrize(
    ("chunks", "told"),
    [
        ([(b"gAMA", struct.pack(">I", 45_455))], False),
        ([(b"gAMA", struct.pack(">I", 100_000))], True),
        ([(b"cHRM", struct.pack(">8I", *SRGB_POINTS))], False),
        ([(b"cHRM", struct.pack(">8I", *WIDE_POINTS))], True),
        ([(b"sRGB", b"\0"), (b"gAMA", struct.pack(">I", 100_000))], False),
        ([(b"cICP", bytes([1, 13, 0, 1]))], False),
        ([(b"cICP", bytes([9, 16, 0, 1]))], True),
        ([(b"gAMA", b"")], False),
    ],
)
def test_what_a_png_says_of_its_colours_is_told_where_it_is_not_srgb(chunks, told):
    expected = ("The file describes colours other than sRGB; this was not applied.",)
    assert notes(png_with(*chunks)) == (expected if told else ())


def test_a_profile_inside_a_bmp_is_told():
    icc = profile("Adobe RGB (1998)", ADOBE_XYZ)
    data = encode(PIXELS, "BMP")
    header = struct.pack("<I", 124) + data[18:54] + bytes(16) + b"DEBM" + bytes(48)
    body = data[54:]
    header += struct.pack("<4I", 4, 124 + len(body), len(icc), 0)
    start = struct.pack("<2sIII", b"BM", 14 + 124 + len(body) + len(icc), 0, 14 + 124)
    picture = decode_image(start + header + body + icc, "cell.bmp", Limits())
    assert np.array_equal(picture.pixels, PIXELS)
    assert picture.notes == ('The embedded colour profile "Adobe RGB (1998)" was not applied.',)
