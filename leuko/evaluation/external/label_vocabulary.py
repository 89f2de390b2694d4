"""What a laboratory's word for a picture means to a model; unknown words are never guessed."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from leuko.imaging.filenames import name_key
from leuko.labels import ClassSet, class_title

CLASS_WORDS = {
    "Early": ("early", "early pre b", "early pre b all"),
    "Pre": ("pre", "pre b", "pre b all"),
    "Pro": ("pro", "pro b", "pro b all"),
    "ALL": ("all", "all blast", "all blasts"),
    "Blast": ("blast", "blasts", "lymphoblast", "lymphoblasts"),
    "Benign": ("benign", "hematogone", "hematogones", "haematogone", "haematogones"),
    "HEM": ("hem", "normal cell", "normal cells"),
    "Healthy": ("healthy", "healthy cell", "healthy cells"),
}
"""Classes of the data sets that the product knows, in the words that stand for them."""
MALIGNANT_CLASSES = frozenset({"Early", "Pre", "Pro", "ALL", "Blast"})
MALIGNANT_WORDS = frozenset(
    {"malignant", "leukemia", "leukaemia", "leukemic", "leukaemic", "any malignant class"}
)
BENIGN_WORDS = frozenset({"normal", "non malignant", "nonmalignant", "benign side"})


@dataclass(frozen=True)
class Meaning:
    """What a label says about a picture.

    Attributes:
        malignant: the side.
        name: the class, or None where the label names the side alone.
    """

    malignant: bool
    name: str | None = None

    @property
    def text(self) -> str:
        """In words."""
        side = "malignant" if self.malignant else "benign"
        if self.name is None:
            return "Any malignant class" if self.malignant else "Benign side"
        title = class_title(self.name)
        return title if side in title.casefold() else f"{title}, {side}"


def word_key(word: str) -> str:
    """What two spellings of one word have in common: case, composition and separators do not count.

    Signs that complete a letter, such as the vowels of Hindi, are part of it.
    """
    key = name_key(word)
    parted = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in key)
    return " ".join(parted.split()) or key.strip()


def read_word(word: str, sets: Iterable[ClassSet]) -> Meaning | None:
    """What a label means, or None where that would be a guess.

    A class of one of the models, by its short or long name, comes first; then the words for the
    classes of the data sets that the product knows; then the plain words for the two sides.

    Args:
        word: folder name or label.
        sets: classes of the models that are asked.
    """
    key = word_key(word)
    known = [(name, name in classes.malignant) for classes in sets for name in classes.names]
    for name, malignant in known:
        if key in (word_key(name), word_key(class_title(name))):
            return Meaning(malignant, name)
    for name, words in CLASS_WORDS.items():
        if key in words or key == word_key(class_title(name)):
            return Meaning(dict(known).get(name, name in MALIGNANT_CLASSES), name)
    if key in MALIGNANT_WORDS:
        return Meaning(malignant=True)
    if key in BENIGN_WORDS:
        return Meaning(malignant=False)
    return None


def class_for(meaning: Meaning, classes: ClassSet) -> str | None:
    """The class of a model that a label stands for.

    Returns:
        The class of that name where the model has it on that side, else the only class of the
        side, else None: the label then says the side alone.
    """
    side = [n for n in classes.names if (n in classes.malignant) == meaning.malignant]
    if meaning.name in side:
        return meaning.name
    return side[0] if len(side) == 1 else None


def possible_meanings(sets: Iterable[ClassSet]) -> list[Meaning]:
    """What a user may say that an unknown word means: each class, then each side alone."""
    found = dict.fromkeys(
        Meaning(name in classes.malignant, name) for classes in sets for name in classes.names
    )
    return [*found, Meaning(malignant=True), Meaning(malignant=False)]
