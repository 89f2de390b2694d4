"""ZIP archives whose names are written byte by byte, as systems of all kinds write them."""

import io
import struct
import zipfile
import zlib

from tests import drawn

LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
UTF8_FLAG = 0x800


def zip_named(members: dict[bytes, bytes], *, flagged: bool = False) -> bytes:
    """An archive with these bytes as names; ``flagged`` says that they are UTF-8."""
    plain = {}
    for place, (name, data) in enumerate(members.items()):
        stand_in = f"{place:04d}".ljust(len(name), "N")
        assert len(stand_in) == len(name)
        plain[stand_in] = data
    archive = bytearray(drawn.zip_of(plain))
    for stand_in, name in zip(plain, members, strict=True):
        for magic, name_at, flags_at in ((LOCAL, 30, 6), (CENTRAL, 46, 8)):
            place = archive.index(stand_in.encode()) - name_at
            assert archive[place : place + 4] == magic
            archive[place + name_at : place + name_at + len(name)] = name
            struct.pack_into("<H", archive, place + flags_at, UTF8_FLAG if flagged else 0)
    return bytes(archive)


def zip_with_unicode_path(raw: bytes, path: str, data: bytes, *, fits: bool = True) -> bytes:
    """One member with Info-ZIP's Unicode Path field; ``fits`` says whether its checksum does."""
    body = struct.pack("<BL", 1, zlib.crc32(raw) ^ (not fits)) + path.encode()
    info = zipfile.ZipInfo("0000".ljust(len(raw), "N"))
    info.extra = struct.pack("<HH", 0x7075, len(body)) + body
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(info, data)
    return file.getvalue().replace(info.filename.encode(), raw)
