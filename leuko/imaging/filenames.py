"""File names that are safe to show and safe to save under, and what two spellings share.

A name arrives from a browser or out of an archive and may hold anything. Nothing here escapes for
HTML or undoes an escape; that is the page's business.
"""

import re
import unicodedata

ELLIPSIS = "…"
NAMELESS = "unnamed file"
MAX_STEM_CHARS = 100
LONGEST_EXTENSION = 5
FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
WINDOWS_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)


def one_spelling(text: str) -> str:
    """A name or label in the one spelling in which they are compared, Unicode NFC.

    macOS writes "ä" as "a" and two dots that follow it, keyboards as one letter; both look the
    same. What is shown stays as it was given.
    """
    return unicodedata.normalize("NFC", text)


def name_key(text: str) -> str:
    """What two spellings of one name have in common: neither case nor composition counts.

    Source: canonical caseless matching, Unicode Standard, section 3.13, D145.
    """
    folded = unicodedata.normalize("NFD", text).casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", folded))


def display_name(name: str, max_chars: int = 80) -> str:
    """A name that is safe to show in a line of plain text.

    Control characters, bidirectional overrides, invisible format characters, lone surrogates and
    line breaks are removed; a long name loses its middle, so that start and ending stay visible.

    Args:
        name: name as the user gave it.
        max_chars: longest result, characters, at least 3.

    Raises:
        ValueError: when ``max_chars`` is below 3.
    """
    if max_chars < 3:  # noqa: PLR2004 (one character, the ellipsis, one character)
        raise ValueError(f"max_chars must be at least 3, found {max_chars}")
    shown = "".join(" " if char.isspace() else char for char in name)
    shown = "".join(char for char in shown if unicodedata.category(char) not in _HIDDEN)
    shown = " ".join(shown.split()) or NAMELESS
    if len(shown) <= max_chars:
        return shown
    tail = (max_chars - 1) // 2
    head = max_chars - 1 - tail
    return f"{shown[:head]}{ELLIPSIS}{shown[-tail:]}"


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def download_name(name: str, suffix: str, taken: set[str]) -> str:
    """A file name for a download that belongs to an uploaded picture.

    Args:
        name: name of the picture as the user gave it; folders and the file-type ending are
            dropped, letters lose their accents, all else that is not ASCII is dropped.
        suffix: what the name ends with, such as ``"-heatmap.png"``; taken as it is.
        taken: names given out so far; the result is added to it. Names that differ only by case
            count as the same, as they do on Windows and macOS.

    Returns:
        A name that is new in ``taken``, not empty, without separators, leading dot or a Windows
        device name.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    plain = re.split(r"[/\\]", plain)[-1]
    stem, dot, extension = plain.rpartition(".")
    if not dot or not extension.isalnum() or len(extension) > LONGEST_EXTENSION:
        stem = plain
    stem = "".join(char for char in FORBIDDEN.sub("", stem) if char.isprintable())
    stem = re.sub(r"\s+", "_", stem.strip(" ."))[:MAX_STEM_CHARS].rstrip(" .") or "picture"
    if stem.split(".")[0].strip().casefold() in WINDOWS_DEVICES:
        stem = f"picture_{stem}"
    used = {other.casefold() for other in taken}
    candidate, number = f"{stem}{suffix}", 1
    while candidate.casefold() in used:
        number += 1
        candidate = f"{stem}_{number}{suffix}"
    taken.add(candidate)
    return candidate
