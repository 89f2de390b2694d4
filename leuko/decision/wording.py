"""Words of a verdict."""

from collections.abc import Sequence

from leuko.labels import InputKind

OTHER_KIND = "other kind of picture"


def misfit(kind: InputKind | None, model_kind: InputKind) -> str:
    """Why a model must not read a picture, in one sentence.

    Args:
        kind: of the picture; None for no blood picture.
        model_kind: that the model reads.
    """
    seen = "This looks like no blood picture"
    if kind is not None:
        seen = f"This looks like {kind.singular}"
    return f"{seen}; this model reads {model_kind.plural}."


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


def set_reason(names: Sequence[str] | None, coverage: float | None) -> str | None:
    """Why a prediction set leaves the answer to a person; None for one class or without a set."""
    if names is None or len(names) == 1:
        return None
    promise = coverage_words(coverage)
    if not names:
        return f"No class is probable enough for {promise}."
    return f"{len(names)} classes are possible at {promise}."


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
