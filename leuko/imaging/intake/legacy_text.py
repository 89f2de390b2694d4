"""Read text of which nobody wrote down the encoding: names in archives, tables of old programs.

UTF-8 is certain, for hardly any other text is valid UTF-8 by chance. All else is a guess: each
encoding of ``CANDIDATES`` that can read all of it at once is weighed by how much the result looks
like words (one script a word, common letters, no frames or symbols), and the first of the best
wins. Encodings that differ in a few accented letters only, such as 850 and 852, cannot be told
apart; what counts is that no letter is cut in two and none becomes a folder's separator.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

CANDIDATES = (
    "cp437", "cp850", "cp1252", "cp866", "cp1251", "cp932", "cp949", "gbk", "big5",
)  # fmt: skip
"""In the order that decides between equals: old Windows tools write the DOS code page of the
country, newer ones the Windows one; then Japan, Korea, mainland China, Taiwan."""
FALLBACK = "cp437"
SAMPLED_CHARS = 5000
SYMBOL, MIXED, ODD = 4, 3, 1
"""Cost of a character that no word holds, of two scripts in one word, of a rare letter."""
NO_NAME = frozenset("/\\.")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "HANGUL", "CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH")
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA"})
_NO_SIGNS = frozenset("·、。・「」（）【】ー〜々№°ºª")
_QUOTES = frozenset("–—‘’“”„")
_USUAL_LATIN = frozenset("äöüßÄÖÜéèêëàâçîïôûùñáíóúãõåøæÅØÆÉÁÇÑ")
_RARE_VOWELS = frozenset({3, 7, 10, 15, 19})
_RARE_FINALS = frozenset({2, 3, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 18, 20, 22, 23, 24, 25, 26, 27})
_HANGUL_START, _HANGUL_END, _VOWELS, _FINALS = 0xAC00, 0xD7A3, 21, 28
_LEVEL_ONE = {"cp932": (0x88, 0x98), "gbk": (0xB0, 0xD8), "big5": (0xA4, 0xC7)}
"""First bytes of the characters in common use."""
_COMMON_TRAIL_FROM = {"gbk": 0xA1, "cp932": 0x40, "big5": 0x40}


def decode_text(texts: Sequence[bytes], candidates: Sequence[str] = CANDIDATES) -> list[str]:
    """Text in UTF-8 where it is valid, all else together in the encoding that fits best.

    Args:
        texts: of one origin, such as all names of an archive.
        candidates: encodings to choose from; the earlier of two equals is taken.
    """
    other = [text for text in texts if not is_utf8(text)]
    encoding = guess_encoding(other, candidates) if other else "utf-8"
    return [
        text.decode("utf-8") if is_utf8(text) else text.decode(encoding, errors="replace")
        for text in texts
    ]


def is_utf8(text: bytes) -> bool:
    """Whether bytes are valid UTF-8."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def guess_encoding(texts: Iterable[bytes], candidates: Sequence[str] = CANDIDATES) -> str:
    """The candidate in which the text looks most like words; the first of equals."""
    words = sorted({word for text in texts for word in text.split() if not word.isascii()})
    best, least = FALLBACK, float("inf")
    for encoding in candidates:
        cost = _cost(words, encoding)
        if cost is not None and cost < least:
            best, least = encoding, cost
    return best


def _cost(words: Iterable[bytes], encoding: str) -> float | None:
    """Mean cost of a character that is no ASCII; None where the text is no such encoding."""
    total, count = 0, 0
    for word in words:
        try:
            text = word.decode(encoding)
        except UnicodeDecodeError:
            return None
        foreign = [char for char in text if not char.isascii()]
        count += len(foreign)
        total += sum(_cost_of(char, encoding) for char in foreign)
        total += sum(_cost_of_pair(first, second) for first, second in pairwise(text))
        if count > SAMPLED_CHARS:
            break
    return total / max(count, 1)


def _cost_of(char: str, encoding: str) -> int:
    category = unicodedata.category(char)
    if char in _NO_SIGNS:
        return 0
    if char in _QUOTES:
        return 2 * ODD
    if category[0] not in "LMN" or category == "No":
        return SYMBOL
    return _cost_of_letter(char, encoding)


def _cost_of_letter(char: str, encoding: str) -> int:
    script = _script(char)
    if script == "HANGUL":
        return _hangul_cost(char)
    if script == "CJK":
        return _ideograph_cost(char, encoding)
    if script in ("HIRAGANA", "KATAKANA"):
        return 0
    usual = (script == "LATIN" and char in _USUAL_LATIN) or (
        script == "CYRILLIC" and ("\u0410" <= char <= "\u044f" or char in "\u0401\u0451")
    )
    if usual:
        return 0
    # Halfwidth and Greek letters are so rare that any other reading goes before.
    return {"LATIN": ODD, "CYRILLIC": ODD, "HALFWIDTH": 2 * ODD, "GREEK": 2 * ODD}.get(
        script, SYMBOL
    )


def _cost_of_pair(first: str, second: str) -> int:
    """What no two letters of a word do: change script or grow, or both bear accents in Latin."""
    if first == "\\" and second in NO_NAME:
        return SYMBOL  # a folder without a name: the second byte of a letter
    if not (first.isalpha() and second.isalpha()) or (first.isascii() and second.isascii()):
        return 0
    one, other = _script(first), _script(second)
    if one != other:
        if {one, other} <= _EAST_ASIAN:
            return 0
        return ODD if (_EAST_ASIAN | {"HANGUL"}) & {one, other} else MIXED
    accents = one == "LATIN" and not (first.isascii() or second.isascii() or "ß" in first + second)
    return ODD if accents or (first.islower() and second.isupper()) else 0


def _script(char: str) -> str:
    name = unicodedata.name(char, "")
    return next((script for script in _SCRIPTS if name.startswith(script)), "")


def _hangul_cost(char: str) -> int:
    """Syllables with a rare vowel or a double final come out of other encodings by chance."""
    if not _HANGUL_START <= ord(char) <= _HANGUL_END:
        return SYMBOL
    place = ord(char) - _HANGUL_START
    rare = place // _FINALS % _VOWELS in _RARE_VOWELS or place % _FINALS in _RARE_FINALS
    return ODD if rare else 0


def _ideograph_cost(char: str, encoding: str) -> int:
    if encoding not in _LEVEL_ONE:
        return ODD  # a rare letter of Korean
    lead, trail = char.encode(encoding)
    low, high = _LEVEL_ONE[encoding]
    return 0 if low <= lead < high and trail >= _COMMON_TRAIL_FROM[encoding] else ODD
