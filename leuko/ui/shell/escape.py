"""Texts of users and models, shown letter by letter where Streamlit reads Markdown."""

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
_INLINE_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~$:])")


def plain(text: str) -> str:
    """Escape a text so that Markdown shows it letter by letter, file names included.

    Args:
        text: anything, such as the name of an uploaded file.
    """
    return _MARKDOWN.sub(r"\\\1", text)


def plain_label(text: str) -> str:
    """As :func:`plain` for the label of a widget, where only Markdown inside a line counts.

    A screen reader spells the escapes of a label, so there are no more than needed.

    Args:
        text: anything, such as the title of a model.
    """
    return _INLINE_MARKDOWN.sub(r"\\\1", text)
