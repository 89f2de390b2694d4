"""Drawn pictures and broken files for the tests and the screenshots; no real patient anywhere.

Everything is a function of its seed. The drawings look like Leishman-stained blood and have one
honest difference between the classes: malignant cells are larger, with larger and darker nuclei.
"""

import io
import struct
import zipfile
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Pixels = NDArray[np.uint8]
Canvas = NDArray[np.float32]

GLASS = (226, 218, 216)
RED_CELL, RED_CELL_RIM, PALLOR = (196, 158, 164), (176, 134, 146), (220, 202, 202)
CYTOPLASM, CYTOPLASM_RIM = (176, 164, 206), (150, 136, 190)


def draw_field(seed: int, malignant: bool, side_px: int = 224) -> Pixels:
    """A whole field: many red cells and few white ones; uint8 (side, side, 3)."""
    rng = np.random.default_rng([seed, malignant, 1])
    canvas = _glass(rng, side_px)
    unit = side_px / 224
    for x, y in _spread(rng, count=58, side_px=side_px, gap_px=21 * unit):
        _red_cell(canvas, rng, x, y, radius_px=unit * rng.uniform(8.5, 11))
    count = int(rng.integers(5, 8)) if malignant else int(rng.integers(2, 4))
    radius = 19 if malignant else 13
    margin = 0.1 * side_px
    for x, y in _spread(rng, count, side_px - 2 * margin, gap_px=2.0 * radius * unit):
        _white_cell(
            canvas, rng, x + margin, y + margin, radius_px=radius * unit, malignant=malignant
        )
    return _photograph(canvas, rng, blur_px=0.45 * unit)


def draw_red_cells(seed: int, side_px: int = 224) -> Pixels:
    """A field of red cells without a white one; uint8 (side, side, 3)."""
    rng = np.random.default_rng([seed, 4])
    canvas = _glass(rng, side_px)
    unit = side_px / 224
    for x, y in _spread(rng, count=58, side_px=side_px, gap_px=21 * unit):
        _red_cell(canvas, rng, x, y, radius_px=unit * rng.uniform(8.5, 11))
    return _photograph(canvas, rng, blur_px=0.45 * unit)


def draw_field_of(seed: int, cells: int, columns: int = 6, rows: int = 5) -> Pixels:
    """A field with so many white cells, each in a place of its own.

    Returns:
        uint8 (200 * rows, 200 * columns, 3).

    Raises:
        ValueError: for more cells than places.
    """
    places, side_px = columns * rows, 200
    if cells > places:
        raise ValueError(f"{cells} cells do not fit into {places} places")
    rng = np.random.default_rng([seed, 5])
    held = set(rng.permutation(places)[:cells].tolist())
    tiles = []
    for place in range(places):
        canvas = np.full((side_px, side_px, 3), GLASS, np.float32)
        middle, malignant = side_px / 2, bool(rng.random() < 0.5)
        radius = 46.0 if malignant else 32.0
        gap = 1.7 * radius if place in held else 0
        for x, y in _spread(rng, count=16, side_px=side_px, gap_px=44):
            if np.hypot(x - middle, y - middle) > gap and abs(x - middle) < 78 > abs(y - middle):
                _red_cell(canvas, rng, x, y, radius_px=rng.uniform(18, 21))
        if place in held:
            x, y = middle + rng.uniform(-20, 20, 2)
            _white_cell(canvas, rng, x, y, radius_px=radius, malignant=malignant)
        tiles.append(_photograph(canvas, rng, blur_px=0.8))
    stacked = np.stack(tiles).reshape(rows, columns, side_px, side_px, 3)
    return np.ascontiguousarray(stacked.swapaxes(1, 2)).reshape(
        rows * side_px, columns * side_px, 3
    )


def draw_crop(seed: int, malignant: bool, side_px: int = 257) -> Pixels:
    """One white cell in the middle, red cells around and cut by the edge; uint8 (side, side, 3)."""
    return draw_crop_and_mask(seed, malignant, side_px)[0]


def draw_crop_and_mask(
    seed: int, malignant: bool, side_px: int = 257
) -> tuple[Pixels, NDArray[np.uint8]]:
    """As :func:`draw_crop`, with the mask of its white cell: 2 nucleus, 1 cytoplasm, 0 else."""
    rng = np.random.default_rng([seed, malignant, 2])
    canvas = _glass(rng, side_px)
    turn = rng.uniform(0, 2 * np.pi)
    for angle in turn + np.linspace(0, 2 * np.pi, 8)[:-1]:
        distance = side_px * rng.uniform(0.52, 0.66)
        x = side_px / 2 + distance * np.cos(angle)
        y = side_px / 2 + distance * np.sin(angle)
        _red_cell(canvas, rng, x, y, radius_px=side_px * rng.uniform(0.15, 0.18))
    centre = side_px / 2 + rng.normal(0, 0.01 * side_px, 2)
    radius = side_px * (0.33 if malignant else 0.25)
    cell, nucleus = _white_cell(
        canvas, rng, centre[0], centre[1], radius_px=radius, malignant=malignant
    )
    mask = (cell >= 0.5).astype(np.uint8) + (nucleus >= 0.5)
    return _photograph(canvas, rng, blur_px=side_px / 220), mask.astype(np.uint8)


def draw_segmented(seed: int, malignant: bool, side_px: int = 450) -> Pixels:
    """One white cell on pure black; uint8 (side, side, 3)."""
    rng = np.random.default_rng([seed, malignant, 3])
    canvas = np.full((side_px, side_px, 3), CYTOPLASM, np.float32)
    radius = side_px * (0.34 if malignant else 0.25)
    cell, _ = _white_cell(
        canvas, rng, side_px / 2, side_px / 2, radius_px=radius, malignant=malignant
    )
    pixels = _photograph(canvas, rng, blur_px=side_px / 300)
    pixels[cell < 0.5] = 0
    return pixels


def encode(pixels: NDArray[np.generic], format: str, **save_options: object) -> bytes:  # noqa: A002
    """A file in the given Pillow format; arrays in any shape and type that Pillow takes."""
    return encode_image(Image.fromarray(pixels), format, **save_options)


def encode_image(image: Image.Image, format: str, **save_options: object) -> bytes:  # noqa: A002
    """As :func:`encode`, for pictures that no array stands for, such as palettes and CMYK."""
    file = io.BytesIO()
    image.save(file, format, **save_options)
    return file.getvalue()


def _noise(rng: np.random.Generator, side_px: int, grain_px: float) -> Canvas:
    """Smooth noise of the given grain, standard deviation about 1; (side, side)."""
    cells = max(2, round(side_px / grain_px) + 1)
    coarse = Image.fromarray(rng.normal(size=(cells, cells)).astype(np.float32))
    fine = np.array(coarse.resize((side_px, side_px), Image.Resampling.BICUBIC))
    return fine / max(float(fine.std()), 1e-6)


def _glass(rng: np.random.Generator, side_px: int) -> Canvas:
    canvas = np.full((side_px, side_px, 3), GLASS, np.float32)
    canvas += rng.normal(0, 3, 3).astype(np.float32)
    canvas += 2.5 * _noise(rng, side_px, side_px / 3)[..., None]
    return canvas


def _spread(
    rng: np.random.Generator, count: int, side_px: float, gap_px: float
) -> list[tuple[float, float]]:
    """Random places at least ``gap_px`` apart; fewer than ``count`` when the side is full."""
    places: list[tuple[float, float]] = []
    for _ in range(40 * count):
        x, y = rng.uniform(0, side_px, 2)
        if all((x - a) ** 2 + (y - b) ** 2 > gap_px**2 for a, b in places):
            places.append((x, y))
        if len(places) == count:
            break
    return places


def _blob(
    rng: np.random.Generator,
    shape: tuple[int, int],
    x: float,
    y: float,
    *,
    radius_px: float,
    wobble: float,
) -> tuple[Canvas, Canvas]:
    """A soft-edged round shape: coverage in [0, 1] and distance from its middle in radii."""
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    angle = np.arctan2(rows - y, columns - x)
    edge = np.ones_like(angle)
    for waves in range(2, 6):
        edge += rng.normal(0, wobble / waves) * np.cos(waves * angle + rng.uniform(0, 6.3))
    distance = np.hypot(rows - y, columns - x) / (radius_px * edge)
    softness = 0.7 + 0.012 * radius_px
    coverage = np.clip(0.5 + (1 - distance) * radius_px / (2 * softness), 0, 1)
    return coverage.astype(np.float32), distance.astype(np.float32)


def _paint(canvas: Canvas, coverage: Canvas, colour: Canvas) -> None:
    canvas += coverage[..., None] * (colour - canvas)


def _mix(share: Canvas, first: tuple[int, ...], second: tuple[int, ...]) -> Canvas:
    """Colours from the first (share 0) to the second (share 1); (side, side, 3)."""
    start, end = np.array(first, np.float32), np.array(second, np.float32)
    return start + np.clip(share, 0, 1)[..., None] * (end - start)


def _red_cell(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, radius_px: float
) -> None:
    left, top = (max(0, int(place - 1.6 * radius_px)) for place in (x, y))
    right, bottom = (max(0, int(place + 1.6 * radius_px)) for place in (x, y))
    part = canvas[top:bottom, left:right]
    coverage, distance = _blob(
        rng, part.shape[:2], x - left, y - top, radius_px=radius_px, wobble=0.06
    )
    colour = _mix((distance - 0.72) / 0.28, RED_CELL, RED_CELL_RIM)
    pallor = np.exp(-((distance / rng.uniform(0.36, 0.48)) ** 2)) * rng.uniform(0.6, 0.95)
    colour += pallor[..., None] * (np.array(PALLOR, np.float32) - colour)
    colour += rng.normal(0, 3, 3).astype(np.float32)
    _paint(part, 0.93 * coverage, colour)


def _white_cell(
    canvas: Canvas,
    rng: np.random.Generator,
    x: float,
    y: float,
    *,
    radius_px: float,
    malignant: bool,
) -> tuple[Canvas, Canvas]:
    """Cytoplasm, nucleus with chromatin, in blasts nucleoli; coverage of cell and nucleus."""
    side_px = canvas.shape[0]
    shape = (side_px, side_px)
    cell, distance = _blob(
        rng, shape, x, y, radius_px=radius_px, wobble=0.10 if malignant else 0.05
    )
    colour = _mix((distance - 0.75) / 0.25, CYTOPLASM, CYTOPLASM_RIM)
    colour += 5 * _noise(rng, side_px, radius_px / 5)[..., None]
    _paint(canvas, cell, colour)

    share = rng.uniform(0.84, 0.90) if malignant else rng.uniform(0.70, 0.76)
    slip = rng.uniform(-0.5, 0.5, 2) * (1 - share) * radius_px
    x, y, radius_px = x + slip[0], y + slip[1], radius_px * share
    nucleus, depth = _blob(
        rng, shape, x, y, radius_px=radius_px, wobble=0.16 if malignant else 0.07
    )
    nucleus = np.minimum(nucleus, cell)
    dark, light = ((64, 34, 112), (112, 74, 158)) if malignant else ((98, 60, 138), (150, 112, 178))
    chromatin = 0.6 * _noise(rng, side_px, radius_px / (7 if malignant else 3.5))
    chromatin += 0.4 * _noise(rng, side_px, radius_px / 14)
    colour = _mix(0.45 + 0.28 * chromatin - 0.3 * (depth - 0.5), dark, light)
    for _ in range(int(rng.integers(1, 4)) if malignant else 0):
        angle, far = rng.uniform(0, 6.3), rng.uniform(0.1, 0.55) * radius_px
        spot_x, spot_y = x + far * np.cos(angle), y + far * np.sin(angle)
        spot, _ = _blob(rng, shape, spot_x, spot_y, radius_px=0.13 * radius_px, wobble=0.1)
        colour += (0.55 * spot)[..., None] * (np.array((136, 112, 190), np.float32) - colour)
    _paint(canvas, nucleus, colour)
    return cell, nucleus


def _photograph(canvas: Canvas, rng: np.random.Generator, blur_px: float) -> Pixels:
    """Lens blur and sensor noise."""
    sharp = Image.fromarray(np.clip(canvas, 0, 255).astype(np.uint8))
    blurred = np.asarray(sharp.filter(ImageFilter.GaussianBlur(blur_px)), np.float32)
    grain = rng.normal(0, 1.6, blurred.shape[:2])[..., None] + rng.normal(0, 0.8, blurred.shape)
    return np.rint(np.clip(blurred + grain, 0, 255)).astype(np.uint8)


# Broken files and files that are no pictures.


def zip_of(members: dict[str, bytes] | list[tuple[str, bytes]], method: int = 8) -> bytes:
    """A ZIP archive of the members; a list may repeat a name. Method 0 stores, 8 deflates."""
    pairs = members.items() if isinstance(members, dict) else members
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in pairs:
            archive.NameToInfo.clear()  # or zipfile would warn about repeated names
            info = zipfile.ZipInfo()
            info.filename, info.compress_type = name, method  # ZipInfo(name) would mend the name
            archive.writestr(info, data)
    return file.getvalue()


def bomb_zip(unpacked_bytes: int = 64 * 1024 * 1024, name: str = "bomb.png") -> bytes:
    """An archive with one member, a PNG by its start, that packs about a thousand to one."""
    return zip_of({name: b"\x89PNG\r\n\x1a\n" + bytes(unpacked_bytes)})


def nested_zip(members: dict[str, bytes]) -> bytes:
    """An archive with the members in an inner archive, ``inner.zip``."""
    return zip_of({"inner.zip": zip_of(members)})


def encrypted_zip(name: str, data: bytes) -> bytes:
    """An archive whose one member carries the flag of encryption in both of its headers."""
    archive = bytearray(zip_of({name: data}))
    central = archive.rindex(b"PK\x01\x02")
    archive[6] |= 1
    archive[central + 8] |= 1
    return bytes(archive)


def corrupt_zip(members: dict[str, bytes], victim: str) -> bytes:
    """A stored archive in which one byte of the victim is changed, so its checksum is wrong."""
    archive = bytearray(zip_of(members, method=0))
    place = archive.index(members[victim]) + len(members[victim]) // 2
    archive[place] ^= 0xFF
    return bytes(archive)


def overlapping_zip(data: bytes) -> bytes:
    """An archive in which a second directory entry points at the first one's packed bytes."""
    archive = zip_of({"a.png": data}, method=0)
    start = archive.index(b"PK\x01\x02")
    end = archive.index(b"PK\x05\x06")
    entry = archive[start:end]
    directory = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2, 2, 2 * len(entry), start, 0)
    return archive[:start] + entry + entry + directory


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG with length and checksum."""
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def png_of_samples(samples: NDArray[np.uint16]) -> bytes:
    """A 16-bit PNG of (H, W, 1 to 4): grey, grey and alpha, RGB, RGBA; Pillow writes grey only."""
    height, width, channels = samples.shape
    colour_type = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(kind, data) for kind, data in chunks)


def huge_png_header(width: int = 30_000, height: int = 30_000) -> bytes:
    """A tiny PNG whose header claims any size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(kind, data) for kind, data in chunks)


NO_PICTURES: dict[str, bytes] = {
    "empty": b"",
    "text": "Only words, größtenteils.\n".encode(),
    "html": b"<!DOCTYPE html>\n<html><body>Not found</body></html>",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    "dicom": bytes(128) + b"DICM" + bytes(200),
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100),
    "avif": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(100),
    "jpeg 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(100),
    "noise": bytes(np.random.default_rng(0).integers(0, 256, 500, dtype=np.uint8)),
}
"""Files that are no readable picture, by kind."""
