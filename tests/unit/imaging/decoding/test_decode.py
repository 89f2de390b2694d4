import hashlib
import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from leuko.errors import ImageError
from leuko.imaging.decoding.decode import decode_image, deep_samples, read_picture
from leuko.settings import Limits
from tests.drawn import (
    draw_crop,
    encode,
    encode_image,
    png_chunk,
    png_of_samples,
)

LIMITS = Limits()
PIXELS = draw_crop(seed=1, malignant=True, side_px=64)[:, :48].copy()  # taller than wide


def decode(data, name="cell.png", limits=LIMITS):
    return decode_image(data, name, limits)


def exif_with(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize(
    ("file_format", "options"), [("PNG", {}), ("BMP", {}), ("WEBP", {"lossless": True})]
)
def test_a_lossless_file_gives_back_the_exact_pixels(file_format, options):
    picture = decode(encode(PIXELS, file_format, **options))
    assert np.array_equal(picture.pixels, PIXELS)
    assert picture.notes == ()


def test_a_jpeg_gives_what_pillow_decodes():
    data = encode(PIXELS, "JPEG", quality=90)
    with Image.open(io.BytesIO(data)) as image:
        assert np.array_equal(decode(data).pixels, np.asarray(image))


def test_a_progressive_jpeg_is_read():
    plain = decode(encode(PIXELS, "JPEG", quality=90)).pixels
    assert np.array_equal(
        decode(encode(PIXELS, "JPEG", quality=90, progressive=True)).pixels, plain
    )


def test_the_picture_says_where_it_comes_from():
    data = encode(PIXELS, "PNG")
    picture = decode(data, "folder/cell.png")
    assert picture.name == "folder/cell.png"
    assert picture.sha256 == hashlib.sha256(data).hexdigest()
    assert (picture.format, picture.width_px, picture.height_px) == ("PNG", 48, 64)


def test_the_pixels_cannot_be_written_to():
    picture = decode(encode(PIXELS, "PNG"))
    with pytest.raises(ValueError, match="read-only"):
        picture.pixels[0, 0] = 0


def test_the_content_decides_and_not_the_name():
    assert decode(encode(PIXELS, "BMP"), "cell.jpg").format == "BMP"


def test_grey_becomes_three_equal_channels():
    grey = PIXELS[..., 0]
    for file_format in ("PNG", "BMP", "WEBP"):
        options = {"lossless": True} if file_format == "WEBP" else {}
        image = Image.fromarray(grey)
        assert np.array_equal(
            decode(encode_image(image, file_format, **options)).pixels, np.dstack([grey] * 3)
        )


@pytest.mark.parametrize("file_format", ["PNG", "BMP"])
def test_one_bit_becomes_black_and_white(file_format):
    mask = PIXELS[..., 0] > 128
    pixels = decode(encode_image(Image.fromarray(mask), file_format)).pixels
    assert np.array_equal(pixels, np.dstack([mask * np.uint8(255)] * 3))


@pytest.mark.parametrize("file_format", ["PNG", "BMP"])
def test_a_palette_is_looked_up(file_format):
    image = Image.fromarray(PIXELS).quantize(16)
    expected = np.asarray(image.convert("RGB"))
    assert np.array_equal(decode(encode_image(image, file_format)).pixels, expected)


@pytest.mark.parametrize("transparency", [0, bytes([0, 128] + [255] * 14)])
def test_a_transparent_palette_entry_is_put_on_white(transparency):
    image = Image.fromarray(PIXELS).quantize(16)
    indices = np.asarray(image)
    picture = decode(encode_image(image, "PNG", transparency=transparency))
    opaque = np.asarray(image.convert("RGB"))
    assert (picture.pixels[indices == 0] == 255).all()
    assert np.array_equal(picture.pixels[indices > 1], opaque[indices > 1])
    assert picture.notes == ("Transparent areas were put on white.",)


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_half_transparent_colour_is_mixed_with_white(file_format):
    rgba = np.dstack([PIXELS, np.full(PIXELS.shape[:2], 255, np.uint8)])
    rgba[:10, :10] = (100, 40, 200, 51)  # a fifth
    options = {"lossless": True, "exact": True} if file_format == "WEBP" else {}
    picture = decode(encode(rgba, file_format, **options))
    assert (picture.pixels[:10, :10] == (224, 212, 244)).all()
    assert np.array_equal(picture.pixels[10:], PIXELS[10:])
    assert picture.notes == ("Transparent areas were put on white.",)


def test_opaque_alpha_needs_no_note():
    rgba = np.dstack([PIXELS, np.full(PIXELS.shape[:2], 255, np.uint8)])
    picture = decode(encode(rgba, "PNG"))
    assert np.array_equal(picture.pixels, PIXELS)
    assert picture.notes == ()


def test_alpha_that_is_zero_throughout_does_not_hide_the_picture():
    picture = decode(encode(np.dstack([PIXELS, np.zeros(PIXELS.shape[:2], np.uint8)]), "PNG"))
    assert np.array_equal(picture.pixels, PIXELS)
    assert "ignored" in picture.notes[0]


def test_grey_with_alpha_is_put_on_white():
    grey_alpha = np.full((32, 32, 2), 255, np.uint8)
    grey_alpha[:16] = (0, 0)
    picture = decode(encode_image(Image.fromarray(grey_alpha, mode="LA"), "PNG"))
    assert (picture.pixels == 255).all()


def test_a_cmyk_jpeg_shows_its_colour_and_not_the_inverse():
    # Photoshop and Pillow store Adobe's inverted values; the marker is read, not guessed.
    image = Image.new("CMYK", (32, 32), (0, 255, 255, 0))
    picture = decode(encode_image(image, "JPEG", quality=100))
    assert np.abs(picture.pixels.astype(int) - (255, 0, 0)).max() <= 3
    assert picture.notes == ("CMYK colours were converted to RGB.",)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_sixteen_bit_png_values_are_scaled_over_their_full_range(channels):
    samples = np.zeros((32, 32, channels), np.uint16)
    samples[0, :5, 0] = (0, 257, 32_768, 65_278, 65_535)
    if channels in (2, 4):
        samples[..., -1] = 65_535
    picture = decode(png_of_samples(samples))
    assert picture.pixels[0, :5, 0].tolist() == [0, 1, 128, 254, 255]
    assert picture.notes == ("16-bit values were scaled to 8 bit.",)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_all_sixteen_bits_of_a_png_are_read(channels):
    samples = np.random.default_rng(6).integers(0, 65_536, (20, 30, channels), dtype=np.uint16)
    assert np.array_equal(deep_samples(png_of_samples(samples)), samples)


def deep_png(body, colour_type=2, before=b""):
    """A 16-bit PNG of 30 x 20 pixels with this compressed body."""
    header = struct.pack(">IIBBBBB", 30, 20, 16, colour_type, 0, 0, 0)
    parts = [png_chunk(b"IHDR", header), before, png_chunk(b"IDAT", body), png_chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


ROWS = np.random.default_rng(7).integers(0, 65_536, (20, 30, 3), dtype=np.uint16)
RAW = b"".join(b"\0" + row.astype(">u2").tobytes() for row in ROWS)
PACKED = zlib.compress(RAW)


@pytest.mark.parametrize(
    ("body", "colour_type"),
    [
        (PACKED[: len(PACKED) // 2], 2),
        (PACKED[:-1] + bytes([PACKED[-1] ^ 1]), 2),
        (zlib.compress(b"\x09" + RAW[1:]), 2),
        (zlib.compress(RAW[: len(RAW) // 2]), 2),
        (b"", 2),
        (PACKED, 3),
    ],
    ids=["cut", "wrong checksum", "no such filter", "half the rows", "empty", "palette"],
)
def test_a_damaged_sixteen_bit_png_is_refused_and_never_half_read(body, colour_type):
    with pytest.raises(ImageError, match="damaged"):
        decode(deep_png(body, colour_type))


def test_a_transparent_colour_in_a_sixteen_bit_png_changes_no_pixel():
    whole = decode(deep_png(PACKED))
    keyed = decode(deep_png(PACKED, before=png_chunk(b"tRNS", struct.pack(">HHH", *ROWS[3, 4]))))
    assert np.array_equal(keyed.pixels, whole.pixels)


def test_twelve_bits_in_a_sixteen_bit_png_use_the_full_range():
    samples = np.zeros((32, 32, 3), np.uint16)
    samples[0, :3, 1] = (0, 2048, 4095)
    picture = decode(png_of_samples(samples))
    assert picture.pixels[0, :3, 1].tolist() == [0, 128, 255]
    assert "12 were guessed from the largest value, 4095" in picture.notes[0]


TURNED_BACK = {
    1: lambda stored: stored,
    2: np.fliplr,
    3: lambda stored: np.rot90(stored, 2),
    4: np.flipud,
    5: lambda stored: np.rot90(np.fliplr(stored)),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(np.flipud(stored)),
    8: np.rot90,
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("file_format", "options"),
    [("PNG", {}), ("WEBP", {"lossless": True}), ("JPEG", {"quality": 90})],
)
def test_every_exif_orientation_is_turned_upright(file_format, options, orientation):
    stored = decode(encode(PIXELS, file_format, **options)).pixels
    picture = decode(encode(PIXELS, file_format, exif=exif_with(orientation), **options))
    assert np.array_equal(picture.pixels, TURNED_BACK[orientation](stored))
    assert picture.pixels.flags["C_CONTIGUOUS"]
    assert any("upright" in note for note in picture.notes) == (orientation != 1)


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0words"])
def test_damaged_exif_does_not_keep_a_sound_picture_out(exif):
    for file_format in ("JPEG", "PNG", "WEBP"):
        assert decode(encode(PIXELS, file_format, exif=exif)).notes == ()


def test_a_colour_profile_changes_nothing():
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    picture = decode(encode(PIXELS, "PNG", icc_profile=profile))
    assert np.array_equal(picture.pixels, PIXELS)


@pytest.mark.parametrize(("file_format", "options"), [("PNG", {}), ("WEBP", {"lossless": True})])
def test_the_first_picture_of_an_animation_is_read_and_noted(file_format, options):
    others = [Image.fromarray(np.flipud(PIXELS)), Image.fromarray(np.fliplr(PIXELS))]
    data = encode(PIXELS, file_format, save_all=True, append_images=others, duration=100, **options)
    picture = decode(data)
    assert np.array_equal(picture.pixels, PIXELS)
    assert picture.notes == ("The file is animated: only its first picture was read.",)


def test_a_damaged_animation_chunk_does_not_keep_a_sound_picture_out():
    data = encode(PIXELS, "PNG")
    data = data[:33] + png_chunk(b"acTL", bytes(8)) + data[33:]
    assert np.array_equal(decode(data).pixels, PIXELS)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "BMP", "TIFF", "WEBP"])
def test_a_large_picture_within_the_limits_gives_no_warning(monkeypatch, file_format):
    # Pillow warns between one and two times its own bound; warnings are errors here.
    data = encode(PIXELS, file_format)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", PIXELS.shape[0] * PIXELS.shape[1] - 1)
    assert decode(data).pixels.shape == PIXELS.shape


def test_pictures_are_decoded_alike_on_many_threads_at_once():
    data = [encode(PIXELS, "PNG"), encode(PIXELS, "TIFF", compression="tiff_lzw")] * 20
    with ThreadPoolExecutor(8) as pool:
        assert all(np.array_equal(picture.pixels, PIXELS) for picture in pool.map(decode, data))


def test_a_picture_is_read_from_disk_as_from_bytes(tmp_path):
    path = tmp_path / "cell.png"
    path.write_bytes(encode(PIXELS, "PNG"))
    picture = read_picture(path)
    assert np.array_equal(picture.pixels, PIXELS)
    assert picture.name == str(path)


def test_a_missing_file_and_a_folder_get_a_sentence(tmp_path):
    for path in (tmp_path / "missing.png", tmp_path, tmp_path / "null\0.png"):
        with pytest.raises(ImageError, match=r"cannot be opened|not a valid file name"):
            read_picture(path)


def test_a_file_too_large_on_disk_is_not_even_read(tmp_path):
    path = tmp_path / "cell.png"
    path.write_bytes(encode(PIXELS, "PNG"))
    with pytest.raises(ImageError, match="megabytes; at most"):
        read_picture(path, Limits(max_file_bytes=100))
