"""Tell what a file is from its first bytes, whatever its name says."""

import struct
from enum import StrEnum

from leuko.imaging.decoding.to_rgb8 import UnreadableError

READABLE = "PNG, JPEG, BMP, TIFF or WebP"
EXPORT = f"Export the picture as {READABLE} and add that file."
HEAD_BYTES = 1024
"""As many bytes from the start as :func:`file_kind` looks at."""


class FileKind(StrEnum):
    """What a file is, by its content."""

    PNG = "PNG"
    JPEG = "JPEG"
    BMP = "BMP"
    TIFF = "TIFF"
    WEBP = "WebP"
    ZIP = "ZIP archive"
    OTHER_ARCHIVE = "archive of another kind"
    GIF = "GIF"
    HEIF = "HEIC or AVIF picture"
    JPEG_2000 = "JPEG 2000 or JPEG XL picture"
    PHOTOSHOP = "Photoshop document"
    CAMERA_RAW = "camera raw file"
    DICOM = "DICOM file"
    PDF = "PDF document"
    SVG = "SVG drawing"
    WEB_PAGE = "web page"
    TEXT = "text file"
    EMPTY = "empty file"
    UNKNOWN = "file of unknown kind"


READABLE_KINDS = frozenset(
    {FileKind.PNG, FileKind.JPEG, FileKind.BMP, FileKind.TIFF, FileKind.WEBP}
)
PICTURE_KINDS = READABLE_KINDS | {
    FileKind.GIF,
    FileKind.HEIF,
    FileKind.JPEG_2000,
    FileKind.PHOTOSHOP,
    FileKind.CAMERA_RAW,
    FileKind.DICOM,
    FileKind.SVG,
}
"""What a user would call a picture, readable here or not."""

ADVICE = {
    FileKind.ZIP: "A ZIP archive is not a picture. Add it where archives are read, or unpack it.",
    FileKind.OTHER_ARCHIVE: "This kind of archive is not read. Unpack it, or pack it as ZIP.",
    FileKind.GIF: "GIF is not read. Export the frame that you mean as PNG.",
    FileKind.HEIF: "HEIC and AVIF are not read. Export the picture as JPEG or PNG.",
    FileKind.JPEG_2000: "JPEG 2000 and JPEG XL are not read. Export the picture as PNG or TIFF.",
    FileKind.PHOTOSHOP: "Photoshop documents are not read. Export the picture as PNG or TIFF.",
    FileKind.CAMERA_RAW: "Camera raw files are not read. Export the picture as PNG or TIFF.",
    FileKind.DICOM: "DICOM files are not read. Export the picture as PNG or TIFF.",
    FileKind.PDF: "This is a PDF document, not a picture. Export the picture in it as PNG.",
    FileKind.SVG: "SVG is a drawing, not a photograph. Add the photograph of the cells.",
    FileKind.WEB_PAGE: (
        "This is a web page, not a picture, although its name may say otherwise. "
        "Save the picture itself and add that file."
    ),
    FileKind.TEXT: (
        f"This is a text file, not a picture, although its name may say otherwise. {EXPORT}"
    ),
    FileKind.EMPTY: "The file is empty. Copy or export the picture again.",
    FileKind.UNKNOWN: f"This is not a picture in a format that is read. {EXPORT}",
}

_MAGIC: tuple[tuple[int, bytes, FileKind], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (0, b"\xff\xd8\xff", FileKind.JPEG),
    (8, b"CR\x02", FileKind.CAMERA_RAW),
    (0, b"II*\0", FileKind.TIFF),
    (0, b"MM\0*", FileKind.TIFF),
    (0, b"II+\0", FileKind.TIFF),
    (0, b"MM\0+", FileKind.TIFF),
    (0, b"PK\x03\x04", FileKind.ZIP),
    (0, b"PK\x05\x06", FileKind.ZIP),
    (0, b"PK\x07\x08PK", FileKind.ZIP),
    (0, b"Rar!\x1a\x07", FileKind.OTHER_ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", FileKind.OTHER_ARCHIVE),
    (0, b"\x1f\x8b", FileKind.OTHER_ARCHIVE),
    (257, b"ustar", FileKind.OTHER_ARCHIVE),
    (0, b"GIF87a", FileKind.GIF),
    (0, b"GIF89a", FileKind.GIF),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", FileKind.JPEG_2000),
    (0, b"\xff\x4f\xff\x51", FileKind.JPEG_2000),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", FileKind.JPEG_2000),
    (0, b"\xff\x0a", FileKind.JPEG_2000),
    (0, b"8BPS", FileKind.PHOTOSHOP),
    (128, b"DICM", FileKind.DICOM),
)
_HEIF_BRANDS = frozenset(b"heic heix heim heis hevc hevx mif1 msf1 avif avis".split())
_BMP_HEADER_BYTES = (12, 16, 40, 52, 56, 64, 108, 124)
_BMP_HEADER_END = 18


def file_kind(head: bytes) -> FileKind:
    """Kind of a file by its content.

    Args:
        head: the file, or its first ``HEAD_BYTES`` bytes.
    """
    if not head:
        return FileKind.EMPTY
    for offset, magic, kind in _MAGIC:
        if head.startswith(magic, offset):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileKind.WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return FileKind.HEIF
    if head[:2] == b"BM" and len(head) >= _BMP_HEADER_END:
        (header_bytes,) = struct.unpack_from("<I", head, 14)
        if header_bytes in _BMP_HEADER_BYTES:
            return FileKind.BMP
    return _document_kind(head[:HEAD_BYTES])


def _document_kind(head: bytes) -> FileKind:
    if b"%PDF-" in head:
        return FileKind.PDF
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<svg", b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in text:
        return FileKind.SVG
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in text:
        return FileKind.WEB_PAGE
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileKind.TEXT
    printable = all(byte >= 0x20 or byte in b"\t\n\r\f" for byte in head)  # noqa: PLR2004 (space)
    return FileKind.TEXT if printable and _is_utf8(head) else FileKind.UNKNOWN


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # The last character may have been cut in two.
        return error.start > len(head) - 4
    return True


def readable_kind(data: bytes) -> FileKind:
    """Kind of a file that can be read as a picture.

    Raises:
        UnreadableError: when it is of another kind; the sentence says which and what to do.
    """
    kind = file_kind(data)
    if kind not in READABLE_KINDS:
        raise UnreadableError(ADVICE[kind])
    return kind
