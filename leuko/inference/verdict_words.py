"""Words of a verdict."""

from collections.abc import Sequence

from leuko.labels import InputKind


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
