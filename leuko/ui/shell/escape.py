"""Texts of users and models, shown letter by letter where Streamlit reads Markdown."""

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
_SHORTCODE = re.compile(r"(?<!\d):(?=[\w+/-]+:)")
_ARROW = re.compile(r"(?<=\s)([<~>-])(?=[=>-]{1,2}\s)")
JOINER = "\u2060"
"""Shows nothing. Streamlit draws icons, emoji and arrows after escapes are gone, so these are
broken up."""
_INLINE_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~$:])")


def plain(text: str) -> str:
    """Escape a text so that Markdown shows it letter by letter, file names included.

    Args:
        text: anything, such as the name of an uploaded file.
    """
    return _MARKDOWN.sub(r"\\\1", _broken_up(text))


def plain_label(text: str) -> str:
    """As :func:`plain` for the label of a widget, where only Markdown inside a line counts.

    A screen reader spells the escapes of a label, so there are no more than needed.

    Args:
        text: anything, such as the title of a model.
    """
    return _INLINE_MARKDOWN.sub(r"\\\1", _broken_up(text))


def _broken_up(text: str) -> str:
    return _ARROW.sub(rf"\1{JOINER}", _SHORTCODE.sub(f":{JOINER}", text))
