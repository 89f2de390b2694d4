"""Words of a verdict."""

from collections.abc import Sequence

from leuko.decision.findings import Finding, FindingCode
from leuko.labels import InputKind

OTHER_KIND = "other kind of picture"
STRANGE = "The picture is unlike those that this model learnt from."
OTHER_CLASS = "At the threshold in force another class is suggested than the prediction set holds."
NO_STRANGENESS = "Whether the picture is like those that the model learnt from was not measured."
NO_GATES = (
    "This model has no gates: whether the picture is like those that it learnt from is not known."
)
FIXED = {
    FindingCode.NOVELTY: STRANGE,
    FindingCode.OTHER_CLASS: OTHER_CLASS,
    FindingCode.NOVELTY_NOT_MEASURED: NO_STRANGENESS,
    FindingCode.NO_GATES: NO_GATES,
}
"""Sentences without numbers."""


def sentence_of(finding: Finding) -> str:
    """A finding in one sentence, the same on pages, in the terminal, in CSV and in reports.

    Raises:
        ValueError: for a finding that lacks what its code asks for.
    """
    if finding.code in FIXED:
        return FIXED[finding.code]
    if finding.quality is not None:
        return finding.quality.sentence
    own = finding.model_kind
    if finding.code is FindingCode.KIND and own is not None:
        return misfit(finding.kind, own, read_anyway=bool(finding.read_anyway))
    if finding.code is FindingCode.KIND_UNSURE and own is not None:
        return f"The model reads {own.plural}; this picture may be none of them."
    if finding.code is FindingCode.SET_EMPTY:
        return f"No class is probable enough for {coverage_words(finding.coverage)}."
    if finding.code is FindingCode.SET_SEVERAL:
        return f"{finding.n_classes} classes are possible at {coverage_words(finding.coverage)}."
    raise ValueError(f"a finding of code {finding.code} lacks what belongs to it")


def misfit(kind: InputKind | None, model_kind: InputKind, *, read_anyway: bool = False) -> str:
    """Why a model must not read a picture, in one sentence.

    Args:
        kind: of the picture; None for no blood picture.
        model_kind: that the model reads.
        read_anyway: whether the reader wanted an answer all the same.
    """
    seen = "no blood picture" if kind is None else kind.singular
    start = "Read anyway: this" if read_anyway else "This"
    return f"{start} looks like {seen}; this model reads {model_kind.plural}."


def coverage_words(stated: float | None, measured: float | None = None) -> str:
    """Such as "90 % coverage", or "90 % coverage stated, 76 % measured"."""
    said = f"{100 * (stated or 0):.3g} % coverage"
    return said if measured is None else f"{said} stated, {100 * measured:.0f} % measured"


def either(titles: Sequence[str]) -> str:
    """Such as "Early, Pre or Pro"."""
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} or {titles[-1]}"


def either_short(titles: Sequence[str]) -> str:
    """As :func:`either`, without additions in brackets, what all end in said once.

    Such as "Pre-B or Early pre-B ALL"; a single title stays as it is.
    """
    if len(titles) == 1:
        return titles[0]
    words = [title.partition(" (")[0].split() for title in titles]
    shared = _shared_end(words)
    kept = [" ".join(each[: len(each) - shared]) for each in words]
    return " ".join([either(kept), *words[0][len(words[0]) - shared :]])


def in_one(sentences: Sequence[str], head: str) -> str:
    """Several sentences that begin with ``head`` and end alike as one.

    "It is dark than X." and "It is red than X." become "It is dark and red than X."; a sentence
    that begins otherwise stands behind them as it is.
    """
    alike = [sentence for sentence in sentences if sentence.startswith(head)]
    others = [sentence for sentence in sentences if not sentence.startswith(head)]
    words = [sentence.removeprefix(head).split() for sentence in alike]
    shared = _shared_end(words)
    if not shared:
        return " ".join(sentences)
    parts = [" ".join(each[: len(each) - shared]) for each in words]
    tail = " ".join(words[0][len(words[0]) - shared :])
    return " ".join([f"{head}{_listed(parts)} {tail}", *others])


def _shared_end(texts: Sequence[Sequence[str]]) -> int:
    """How many words all of several texts end with, leaving each at least one of its own."""
    count = 0
    most = min(map(len, texts), default=0) - 1 if len(texts) > 1 else 0
    while count < most and len({each[-count - 1] for each in texts}) == 1:
        count += 1
    return count


def _listed(parts: Sequence[str]) -> str:
    *before, last = parts
    if any("," in part for part in before):
        return f"{'; '.join(part.rstrip(',') for part in before)}; and {last}"
    return f"{', '.join(before)} and {last}" if before else last
