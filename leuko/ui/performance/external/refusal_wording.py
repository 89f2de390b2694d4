"""Which of a laboratory's pictures a model's figures leave out or count anyway, in sentences."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from leuko.decision.verdict import Verdict
from leuko.labels import InputKind


@dataclass(frozen=True)
class Share:
    """How many of the user's images stand in the figures of a model.

    Attributes:
        counted: images that stand in the figures.
        of: images that the model was asked about.
        used_anyway: those among ``counted`` that are of another kind.
    """

    counted: int
    of: int
    used_anyway: int = 0

    @property
    def left_out(self) -> int:
        """Images of another kind that stand in no figure."""
        return self.of - self.counted

    @property
    def on(self) -> str:
        """Such as "On your 13 images" or "On 1 of your 13 images"."""
        marked = (
            f", {self.used_anyway} of another kind and used anyway," if self.used_anyway else ""
        )
        return f"On {self._which}{marked}"

    @property
    def whose(self) -> str:
        """Such as "your images"; others where some are left out."""
        return "the images in the figures" if self.left_out else "your images"

    @property
    def who(self) -> str:
        """Such as "your 13 images" or "the 3 images in the figures"."""
        if self.left_out:
            return f"the {images(self.counted)} in the figures"
        return f"your {images(self.counted)}"

    @property
    def heading(self) -> str:
        """Such as "on your images", "on 1 of your 13 images"."""
        if not self.left_out and not self.used_anyway:
            return "on your images"
        marked = f", {self.used_anyway} of them used anyway" if self.used_anyway else ""
        return f"on {self._which}{marked}"

    @property
    def title(self) -> str:
        """For names of files, such as "on own images", "on 1 of 13 own images"."""
        if not self.left_out and not self.used_anyway:
            return "on own images"
        marked = f", {self.used_anyway} used anyway" if self.used_anyway else ""
        return f"on {self.counted} of {self.of} own images{marked}"

    @property
    def cell(self) -> str:
        """For a table, such as "1 of 13" or "13 of 13, 12 used anyway"."""
        marked = f", {self.used_anyway} used anyway" if self.used_anyway else ""
        return f"{self.counted} of {self.of}{marked}"

    @property
    def _which(self) -> str:
        whole = f"your {images(self.of)}"
        return f"{self.counted} of {whole}" if self.left_out else whole


def images(count: int) -> str:
    """A number of images in words."""
    return f"{count:,} image{'' if count == 1 else 's'}"


def refusal_sentence(refused: Sequence[Verdict], share: Share) -> str:
    """What the images are that stand in no figure, and why.

    Args:
        refused: verdicts on them, at least one.
        share: of the model; ``share.left_out`` is the number of verdicts.
    """
    if not share.counted:
        them = "it" if len(refused) == 1 else "them"
        return f"{_look_like(refused, share.of)} It gives no figures on {them}."
    return f"{_look_like(refused, share.of)} {_they_are(refused)} left out of its figures."


def anyway_sentence(used: Sequence[Verdict], share: Share) -> str:
    """What the images are that count although they are of another kind.

    Args:
        used: verdicts on them, at least one.
        share: of the model.
    """
    said, them = _look_like(used, share.of), "it" if len(used) == 1 else "them"
    return f"{said} {_they_are(used)} used anyway: what it says about {them} means nothing."


def deferred_sentence(verdicts: Sequence[Verdict], right: Sequence[bool]) -> str:
    """How many images Diagnose would leave to a person; empty where it would answer all.

    Args:
        verdicts: of one model, on every image that stands in the figures.
        right: of each, whether the model suggests its side, malignant or benign.
    """
    deferred = sum(one.deferred for one in verdicts)
    if not deferred:
        return ""
    n = len(verdicts)
    if n == 1:
        return "On Diagnose this image would be left to a person; the figures here count it."
    some = f"{deferred:,} of these {n:,} images ({100 * deferred / n:.0f} %)"
    said = (
        f"On Diagnose {some if deferred < n else f'all of these {n:,} images'} would be left to a "
        f"person; the figures here count all {n:,}."
    )
    alone = [good for one, good in zip(verdicts, right, strict=True) if not one.deferred]
    if alone:
        said += (
            " Where it would answer by itself, it is right on malignant or benign in "
            f"{sum(alone):,} of {len(alone):,}."
        )
    return said


def kinds_of(verdicts: Sequence[Verdict]) -> list[InputKind]:
    """Kinds of blood picture that the images seem to be, the most common first."""
    found = Counter(one.kind for one in verdicts if one.kind is not None)
    return [kind for kind, _ in found.most_common()]


def looks_like(verdict: Verdict) -> str:
    """Such as "a single-cell crop"."""
    return verdict.kind.singular if verdict.kind is not None else "no blood picture"


def _they_are(verdicts: Sequence[Verdict]) -> str:
    if len(verdicts) == 1:
        return "It is"
    kinds = {one.kind for one in verdicts}
    return "They are" if len(kinds) == 1 else f"These {len(verdicts):,} are"


def _look_like(verdicts: Sequence[Verdict], of: int) -> str:
    """A sentence such as "2 of your 9 images look like whole fields; this model reads ..."."""
    counts = Counter(one.kind for one in verdicts).most_common()
    (kind, first), others = counts[0], counts[1:]
    if first == of:
        who = "Your image" if of == 1 else f"All your {images(of)}"
    else:
        who = f"{first:,} of your {images(of)}"
    parts = [f"{who} {'looks' if first == 1 else 'look'} like {_kind_words(kind, first)}"]
    parts += [f"{count:,} like {_kind_words(kind, count)}" for kind, count in others]
    said = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{said}; this model reads {verdicts[0].model_kind.plural}."


def _kind_words(kind: InputKind | None, count: int) -> str:
    if kind is None:
        return "no blood picture"
    return kind.singular if count == 1 else kind.plural
