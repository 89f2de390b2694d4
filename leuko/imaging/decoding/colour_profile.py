"""What to say about a colour profile that a file carries and that is not applied.

No profile is ever applied: the published data sets were trained without colour management, and a
picture must mean the same to the network wherever it is read. A profile that asks for sRGB changes
nothing; of any other the user is told. A profile is read here as numbers only.

Source: ICC.1:2022 (profiles), IEC 61966-2-1 (sRGB).
"""

import struct

from leuko.imaging.filenames import display_name

PROFILE_SPACES = {b"RGB ", b"GRAY"}
SRGB_COLUMNS = ((0.4360, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
"""Red, green and blue of sRGB in XYZ under D50, as its profiles hold them."""
COLUMN_TOLERANCE = 0.003
CURVE_TOLERANCE = 0.015
"""Light; wide enough for a gamma of 2.2, which differs from sRGB by less than one grey level in a
hundred, and far too narrow for a linear curve or a gamma of 1.8."""
PROBES = (0.25, 0.5, 0.75)
PNG_GAMMA, PNG_GAMMA_TOLERANCE = 45_455, 2500
PNG_CHROMATICITIES = (31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6000)
PNG_CHROMATICITY_TOLERANCE = 1000
CICP_SRGB = (1, 13)
"""Primaries of BT.709 and the transfer function of sRGB, ITU-T H.273."""
MAX_NAME_CHARS = 40
_HEADER_BYTES = 128
_FIXED = 65_536


def profile_note(profile: bytes | None) -> str:
    """A sentence about an embedded ICC profile.

    Args:
        profile: the profile, None without one.

    Returns:
        The sentence; empty without a profile and for one that describes sRGB.
    """
    if not profile:
        return ""
    try:
        tags = _tags(profile)
        name = _name(tags.get(b"desc", b""))
        if _is_srgb(profile[16:20], tags, name):
            return ""
    except (struct.error, ValueError, IndexError, OverflowError, ZeroDivisionError):
        name = ""
    named = f' "{display_name(name, MAX_NAME_CHARS)}"' if name.strip() else ""
    return f"The embedded colour profile{named} was not applied."


def png_colour_note(
    gamma: int | None, chromaticities: bytes | None, coding_points: bytes | None
) -> str:
    """A sentence about what a PNG without a profile says of its colours.

    Args:
        gamma: the number of a gAMA chunk, 1/100,000.
        chromaticities: the body of a cHRM chunk.
        coding_points: the body of a cICP chunk.
    """
    if coding_points is not None:
        srgb = tuple(coding_points[:2]) == CICP_SRGB
    else:
        srgb = gamma is None or abs(gamma - PNG_GAMMA) <= PNG_GAMMA_TOLERANCE
        if chromaticities is not None and len(chromaticities) == 4 * len(PNG_CHROMATICITIES):
            found = struct.unpack(">8I", chromaticities)
            pairs = zip(found, PNG_CHROMATICITIES, strict=True)
            srgb &= all(abs(one - two) <= PNG_CHROMATICITY_TOLERANCE for one, two in pairs)
    return "" if srgb else "The file describes colours other than sRGB; this was not applied."


def _tags(profile: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", profile, _HEADER_BYTES)
    tags = {}
    for number in range(min(count, 100)):
        name, start, size = struct.unpack_from(">4sII", profile, _HEADER_BYTES + 4 + 12 * number)
        tags[name] = profile[start : start + size]
    return tags


def _name(description: bytes) -> str:
    if description[:4] == b"desc":
        (chars,) = struct.unpack_from(">I", description, 8)
        return description[12 : 12 + chars].split(b"\0")[0].decode("latin-1")
    if description[:4] == b"mluc":
        size, start = struct.unpack_from(">II", description, 20)
        return description[start : start + size].decode("utf-16-be", "replace")
    return ""


def _is_srgb(space: bytes, tags: dict[bytes, bytes], name: str) -> bool:
    if space not in PROFILE_SPACES:
        return False
    curves = [tags[tag] for tag in (b"rTRC", b"gTRC", b"bTRC", b"kTRC") if tag in tags]
    if not curves:
        return "srgb" in name.casefold()
    for curve in curves:
        if any(
            abs(_light(curve, value) - _srgb_light(value)) > CURVE_TOLERANCE for value in PROBES
        ):
            return False
    if space == b"GRAY":
        return True
    for tag, expected in zip((b"rXYZ", b"gXYZ", b"bXYZ"), SRGB_COLUMNS, strict=True):
        found = struct.unpack_from(">3i", tags.get(tag, b""), 8)
        pairs = zip(found, expected, strict=True)
        if any(abs(one / _FIXED - two) > COLUMN_TOLERANCE for one, two in pairs):
            return False
    return True


def _srgb_light(value: float) -> float:
    return float(((value + 0.055) / 1.055) ** 2.4)


def _light(curve: bytes, value: float) -> float:
    """Light in [0, 1] that a curve of a profile gives to a stored value in [0, 1]."""
    if curve[:4] == b"para":
        (kind,) = struct.unpack_from(">H", curve, 8)
        count = (1, 3, 4, 5, 7)[kind]
        numbers = [n / _FIXED for n in struct.unpack_from(f">{count}i", curve, 12)]
        gamma, a, b, c, d, e, f = (numbers + 7 * [0.0])[:7]
        if kind == 0:
            return float(value**gamma)
        if kind in (1, 2):
            return float((a * value + b) ** gamma + (c if kind > 1 else 0))
        return float((a * value + b) ** gamma + e) if value >= d else c * value + f
    (count,) = struct.unpack_from(">I", curve, 8)
    if count == 0:
        return value
    if count == 1:
        return float(value ** (struct.unpack_from(">H", curve, 12)[0] / 256))
    place = value * (count - 1)
    first = int(place)
    low, high = struct.unpack_from(">HH", curve, 12 + 2 * first)
    return float((low + (place - first) * (high - low)) / (_FIXED - 1))
