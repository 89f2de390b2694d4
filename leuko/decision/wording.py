"""All words of a verdict and of what was found; nothing else makes or takes apart its sentences."""

from collections.abc import Sequence

from leuko.decision.findings import Finding, FindingCode
from leuko.labels import InputKind

OTHER_KIND = "other kind of picture"
NOVEL = "The picture is unlike those that this model learnt from."
OTHER_CLASS = "At the threshold in force another class is suggested than the prediction set holds."
NO_NOVELTY = "Whether the picture is like those that the model learnt from was not measured."
NO_GATES = (
    "This model has no gates: whether the picture is like those that it learnt from is not known."
)
FIXED = {
    FindingCode.NOVELTY: NOVEL,
    FindingCode.OTHER_CLASS: OTHER_CLASS,
    FindingCode.NOVELTY_NOT_MEASURED: NO_NOVELTY,
    FindingCode.NO_GATES: NO_GATES,
}
"""Sentences without numbers."""
BLANK = "picture is blank or nearly blank: there is nothing to classify."
THAN = "than 99 % of the pictures the model was trained on."
COMPARED = {
    ("focus", "low"): "less sharp",
    ("detail", "low"): "blurrier, with less fine detail,",
    ("brightness", "low"): "darker",
    ("brightness", "high"): "brighter",
    ("contrast", "low"): "paler, with less contrast,",
    ("clipped_dark", "high"): "blacker, with more pixels without any light,",
    ("clipped_bright", "high"): "more overexposed",
    ("warmth", "low"): "bluer",
    ("warmth", "high"): "more yellow or red",
    ("greenness", "low"): "more magenta",
    ("greenness", "high"): "greener",
    ("noise", "high"): "noisier",
    ("blockiness", "high"): "more strongly compressed",
    ("filled", "low"): "emptier",
    ("short_side_px", "low"): "smaller",
}
"""By measure of quality and side."""


def sentence_of(finding: Finding) -> str:
    """A finding in one sentence, the same on pages, in the terminal, in CSV and in reports.

    Raises:
        ValueError: for a finding that lacks what its code asks for.
    """
    if finding.code in FIXED:
        return FIXED[finding.code]
    if finding.code is FindingCode.QUALITY and finding.side is not None:
        return quality_told([finding])
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


def misfit(
    kind: InputKind | None,
    model_kind: InputKind,
    *,
    read_anyway: bool = False,
    several: bool = False,
) -> str:
    """Why a model must not read a picture, in one sentence.

    Args:
        kind: of the picture; None for no blood picture.
        model_kind: that the model reads.
        read_anyway: whether the reader wanted an answer all the same.
        several: whether several models of that kind were asked.
    """
    seen = "no blood picture" if kind is None else kind.singular
    start = "Read anyway: this" if read_anyway else "This"
    reads = "these models read" if several else "this model reads"
    return f"{start} looks like {seen}; {reads} {model_kind.plural}."


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


def quality_told(findings: Sequence[Finding], *, within: bool = False) -> str:
    """Findings on quality as one text: "This picture is far darker and far noisier than …".

    Args:
        findings: on the quality of one picture.
        within: whether the text goes on a sentence, and so begins small.
    """
    compared = [
        f"{'far ' if one.grade == 'severe' else ''}{COMPARED[one.measure or '', one.side or '']}"
        for one in findings
        if one.side != "blank"
    ]
    told = [BLANK] if len(compared) < len(findings) else []
    told += [f"picture is {_listed(compared)} {THAN}"] if compared else []
    starts = ["this" if within else "This", "This"]
    return " ".join(f"{start} {text}" for start, text in zip(starts, told, strict=False))


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
