"""Text files that people write by hand: read with a byte order mark or without."""

import codecs

FOREIGN_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",  # begins like UTF-16, so it is asked for first
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


class EncodingError(ValueError):
    """Text that is not UTF-8; the message is the end of a sentence."""


def decode_text(data: bytes) -> str:
    """Text of a file that must be UTF-8; the byte order mark of Windows' editors is taken off.

    Args:
        data: the whole file.

    Returns:
        The text, without a byte order mark.

    Raises:
        EncodingError: when the file is of another encoding; says which, and to save it as UTF-8.
    """
    for mark, encoding in FOREIGN_MARKS.items():
        if data.startswith(mark):
            raise EncodingError(f"it is {encoding} text: save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise EncodingError(f"line {line} is not UTF-8 text: save it as UTF-8") from problem
