import struct

import numpy as np
import pytest
from PIL import Image

from leuko.errors import ImageError
from leuko.imaging.decoding.decode import decode_image
from leuko.settings import Limits
from tests.drawn import (
    NO_PICTURES,
    draw_crop,
    encode,
    huge_png_header,
    png_chunk,
    png_of_samples,
    zip_of,
)

LIMITS = Limits()
PIXELS = draw_crop(seed=3, malignant=True, side_px=48)
FILES = {
    "PNG": encode(PIXELS, "PNG"),
    "JPEG": encode(PIXELS, "JPEG"),
    "progressive JPEG": encode(PIXELS, "JPEG", progressive=True),
    "16-bit PNG": png_of_samples(PIXELS.astype(np.uint16) * 257),
    "BMP": encode(PIXELS, "BMP"),
    "TIFF": encode(PIXELS, "TIFF"),
    "TIFF LZW": encode(PIXELS, "TIFF", compression="tiff_lzw"),
    "TIFF Deflate": encode(PIXELS, "TIFF", compression="tiff_adobe_deflate"),
    "TIFF JPEG": encode(PIXELS, "TIFF", compression="jpeg"),
    "WebP": encode(PIXELS, "WEBP"),
    "lossless WebP": encode(PIXELS, "WEBP", lossless=True),
    "GIF": encode(PIXELS, "GIF"),
    "ZIP": zip_of({"a.png": encode(PIXELS, "PNG")}),
}


def reason(data, name="cell.png", limits=LIMITS):
    with pytest.raises(ImageError) as caught:
        decode_image(data, name, limits)
    assert str(caught.value) == f"{name}: {caught.value.reason}"
    return caught.value.reason


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("empty", "empty"),
        ("text", "text file"),
        ("html", "web page"),
        ("svg", "SVG"),
        ("pdf", "PDF"),
        ("dicom", "DICOM"),
        ("heic", "Export the picture as JPEG or PNG"),
        ("avif", "Export the picture as JPEG or PNG"),
        ("jpeg 2000", "Export the picture as PNG or TIFF"),
        ("noise", "not a picture in a format that is read"),
    ],
)
def test_a_file_that_is_no_readable_picture_is_told_what_it_is(kind, words):
    assert words in reason(NO_PICTURES[kind])


def test_every_sentence_says_what_to_do_next():
    for data in NO_PICTURES.values():
        last = reason(data).split(". ")[-1]
        assert last.split()[0] in {"Copy", "Export", "Add", "Save"}


def test_a_gif_is_refused_with_advice_animated_or_not():
    frames = [Image.fromarray(PIXELS).quantize(8), Image.fromarray(255 - PIXELS).quantize(8)]
    animated = encode(PIXELS, "GIF", save_all=True, append_images=frames)
    for data in (FILES["GIF"], animated):
        assert reason(data) == "GIF is not read. Export the frame that you mean as PNG."


def test_an_archive_where_one_picture_is_expected_gets_a_sentence():
    assert "unpack it" in reason(FILES["ZIP"])


@pytest.mark.parametrize("kind", [kind for kind in FILES if kind not in ("GIF", "ZIP")])
@pytest.mark.parametrize("share", [0.15, 0.5, 0.85, 0.97])
def test_a_file_cut_off_anywhere_gets_a_sentence(kind, share):
    data = FILES[kind]
    assert reason(data[: int(share * len(data))]).endswith("Copy or export the picture again.")


def test_a_truncated_jpeg_gets_a_sentence_however_little_is_missing():
    data = FILES["JPEG"]
    for missing in range(1, 40):
        assert "Copy or export the picture again." in reason(data[:-missing])


def test_one_pixel_is_too_small():
    assert "1 × 1 pixels; both sides must have at least 16" in reason(encode(PIXELS[:1, :1], "PNG"))


def test_the_shortest_side_counts():
    assert "48 × 15" in reason(encode(PIXELS[:15], "PNG"))
    assert decode_image(encode(PIXELS[:16], "PNG"), "cell.png", LIMITS).height_px == 16


def test_a_huge_header_is_refused_before_anything_is_decoded():
    assert "30000 × 30000 pixels (900 megapixels); at most 100" in reason(huge_png_header())
    assert "at most 100" in reason(huge_png_header(2**31 - 1, 2**31 - 1))


def test_huge_headers_of_the_other_formats_are_refused():
    bmp = bytearray(FILES["BMP"])
    struct.pack_into("<ii", bmp, 18, 30_000, -30_000)
    jpeg = bytearray(FILES["JPEG"])
    frame = jpeg.index(b"\xff\xc0")
    struct.pack_into(">HH", jpeg, frame + 5, 30_000, 30_000)
    webp = bytearray(FILES["lossless WebP"])
    struct.pack_into("<I", webp, 21, 16_383 | 16_383 << 14)
    for data in (bmp, jpeg, webp):
        assert "megapixels); at most 100" in reason(bytes(data))


def test_a_small_file_that_unpacks_to_a_large_picture_is_refused():
    bomb = encode(np.zeros((2000, 2000, 3), np.uint8), "PNG")
    assert len(bomb) < 50_000
    assert "4 megapixels" in reason(bomb, limits=Limits(max_image_pixels=1_000_000))


def test_a_file_too_large_is_refused():
    assert "at most 0.0009766 are read" in reason(FILES["BMP"], limits=Limits(max_file_bytes=1024))


def test_a_compressed_metadata_bomb_is_never_unpacked():
    import zlib

    data = FILES["PNG"]
    bomb = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200_000_000)))
    picture = decode_image(data[:33] + bomb + data[33:], "cell.png", LIMITS)
    assert np.array_equal(picture.pixels, PIXELS)


def test_pillow_keeps_its_own_guard_against_bombs():
    from PIL import ImageFile

    decode_image(FILES["PNG"], "cell.png", LIMITS)
    assert Image.MAX_IMAGE_PIXELS == 89_478_485
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_a_lack_of_memory_gets_a_sentence(monkeypatch):
    def no_memory(*_):
        raise MemoryError

    monkeypatch.setattr("leuko.imaging.decoding.decode._rgb", no_memory)
    assert "memory" in reason(FILES["PNG"])


def test_stopping_the_program_is_not_mistaken_for_a_bad_file(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("leuko.imaging.decoding.decode._rgb", interrupt)
    with pytest.raises(KeyboardInterrupt):
        decode_image(FILES["PNG"], "cell.png", LIMITS)


def test_a_name_meant_to_deceive_is_shown_without_its_tricks():
    with pytest.raises(ImageError) as caught:
        decode_image(b"", "cell\u202egnp.exe\n\x1b[31m.png", LIMITS)
    assert str(caught.value).startswith("cellgnp.exe [31m.png: ")


@pytest.mark.parametrize("kind", FILES)
def test_a_damaged_file_raises_nothing_but_an_image_error(kind):
    rng = np.random.default_rng(list(kind.encode()))
    original = np.frombuffer(FILES[kind], np.uint8)
    refused = 0
    for _ in range(200):
        data = original.copy()
        # Half of the changes hit the header, where they do most harm.
        reach = len(data) if rng.random() < 0.5 else min(len(data), 200)
        places = rng.integers(0, reach, rng.integers(1, 12))
        data[places] = rng.integers(0, 256, len(places))
        if rng.random() < 0.2:
            data = data[: rng.integers(1, len(data))]
        try:
            decode_image(data.tobytes(), "cell.png", Limits(max_image_pixels=4_000_000))
        except ImageError:
            refused += 1
    assert refused > 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "lossless WebP", "GIF"])
def test_noise_behind_a_valid_start_gets_a_sentence(kind):
    rng = np.random.default_rng(7)
    for kept in (8, 16, 30, 54, 100):
        noise = rng.integers(0, 256, 2000, dtype=np.uint8).tobytes()
        with pytest.raises(ImageError):
            decode_image(FILES[kind][:kept] + noise, "cell.png", LIMITS)
