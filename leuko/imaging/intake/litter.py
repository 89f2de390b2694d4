"""What systems and programs leave behind beside pictures: the one list of it.

Nobody means these files when they hand over a folder or an archive. They are passed over without a
word, by name, wherever folders and archives are read; a file of which the name says nothing is
judged by its content.
"""

from collections.abc import Iterable

from leuko.imaging.filenames import name_key

NAMES = frozenset(
    {
        # macOS; its other files (.DS_Store, ._a.png, .Spotlight-V100, .Trashes) are hidden ones
        "__macosx", "icon\r", "desktop db", "desktop df", "temporary items",
        "network trash folder",
        # Windows
        "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "$recycle.bin", "recycler",
        "system volume information",
        # storage boxes of Synology and QNAP
        "@eadir", "#recycle", "#snapshot", "@recycle", "@recently-snapshot", "@tmp",
        # Linux and Python
        "lost+found", "__pycache__",
    }
)  # fmt: skip
"""Files and folders, by :func:`~leuko.imaging.filenames.name_key`."""
HIDDEN = "."
"""Hidden files and folders: .git, .ipynb_checkpoints, .Trash-1000, .~lock.labels.xlsx# ..."""
OFFICE_LOCK = "~$"
"""Microsoft Office's note of who has a document open: ~$labels.xlsx."""
SYNOLOGY_ENDINGS = ("@synoeastream", "@synoresource")
APPLE_DOUBLE = b"\x00\x05\x16\x07"
"""First bytes of what macOS keeps beside a file on a foreign disk, whatever it is called there."""
LITTER_ADVICE = (
    "This is what a system or program leaves beside files, no picture. Add the picture itself."
)
APPLE_DOUBLE_ADVICE = (
    "This is what macOS writes beside a picture, not the picture. Add the picture itself."
)


def is_litter(parts: str | Iterable[str]) -> bool:
    """Whether a file or folder is left behind by a system or program, by its name.

    A partial download (``.part``, ``.tmp``) is none of it: somebody meant that picture, and hears
    that it is damaged.

    Args:
        parts: one name, or the folders and name of a path, of which any may be the litter.
    """
    names = (parts,) if isinstance(parts, str) else parts
    return any(_is_left_behind(name) for name in names)


def _is_left_behind(name: str) -> bool:
    key = name_key(name)
    # No system hides a file behind two dots; as a folder they mean the one above.
    hidden = key.startswith(HIDDEN) and key != HIDDEN and not key.startswith("..")
    return hidden or key in NAMES or key.startswith(OFFICE_LOCK) or key.endswith(SYNOLOGY_ENDINGS)


def is_apple_double(head: bytes) -> bool:
    """Whether a file is of macOS's making by its first bytes, whatever its name says."""
    return head.startswith(APPLE_DOUBLE)
