r"""Letters on pictures: which ones there are, and where their lines break.

They are DejaVu Sans, which comes with Matplotlib; a character that it lacks is written as its
escape, such as ``\u4e2d``, so that different file names stay different.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

ANY_PX = 17


def wrapped(text: str, width_px: int, font: ImageFont.FreeTypeFont) -> list[str]:
    """Lines no wider than a column, broken between words and, where one is too long, inside it.

    Args:
        text: one line, shown as it is but for characters that the font lacks.
        width_px: of the column.
        font: of the letters.
    """
    lines: list[str] = []
    line = ""
    for word in spelled(text).split():
        rest = word
        while rest:
            joined = f"{line} {rest}" if line else rest
            if font.getlength(joined) <= width_px:
                line, rest = joined, ""
            elif line:
                lines.append(line)
                line = ""
            else:
                fits = max(1, _characters_that_fit(rest, width_px, font))
                lines.append(rest[:fits])
                rest = rest[fits:]
    return [*lines, line] if line else lines


def _characters_that_fit(word: str, width_px: int, font: ImageFont.FreeTypeFont) -> int:
    return next(
        (n - 1 for n in range(1, len(word) + 1) if font.getlength(word[:n]) > width_px), len(word)
    )


def spelled(text: str) -> str:
    """The text with every character that the letters lack as its escape."""
    return "".join(
        char if char.isspace() or _has_letter(char) else char.encode("unicode_escape").decode()
        for char in text
    )


@cache
def sheet_font(size_px: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The letters of a sheet.

    Args:
        size_px: of the letters.
        bold: thicker.
    """
    spec = find_spec("matplotlib")  # found, not imported
    if spec is None or spec.origin is None:
        raise RuntimeError("Matplotlib, whose fonts are drawn here, is not installed")
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(
        Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / name, size_px
    )


@cache
def _shape_of_a_missing_letter() -> bytes:
    return bytes(sheet_font(ANY_PX).getmask("\uffff"))


def _has_letter(char: str) -> bool:
    return bytes(sheet_font(ANY_PX).getmask(char)) != _shape_of_a_missing_letter()
