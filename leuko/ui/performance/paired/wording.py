"""What a comparison of models says, in sentences."""

from collections.abc import Sequence

from leuko.evaluation.comparison.pair import (
    BOOTSTRAP_ACCURACY,
    BOOTSTRAP_AUROC,
    BOOTSTRAP_CLASSES,
    DELONG,
    MCNEMAR,
    MCNEMAR_CLASSES,
    Pair,
    Split,
)
from leuko.evaluation.comparison.resampling import ACCURACY, AUROC, CLASS_ACCURACY
from leuko.statistics.estimate import FEW_UNITS
from leuko.statistics.paired_intervals import Signed
from leuko.statistics.paired_tests import LEVEL, p_text
from leuko.ui.performance.paired.results import Match, PairedSection

SAME_IMAGES = "Paired tests need the same images, so nothing paired is offered for these."


def joined(names: Sequence[str]) -> str:
    """Names as a list in a sentence, such as "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def refusal(left: Sequence[str], right: Sequence[str], reason: str) -> str:
    """Why the models on the left are not compared with those on the right."""
    return f"{joined(left)} cannot be paired with {joined(right)}: {reason}."


def images_words(pair: Pair) -> str:
    """How many images, and groups where there are any."""
    groups = f" ({pair.n_groups:,} groups)" if pair.has_groups else ""
    return f"{pair.n:,} images{groups}"


def trust_sentence(pair: Pair, group_meaning: str) -> str:
    """Which of the intervals and tests to believe on these images."""
    if not pair.has_groups:
        return (
            "Every test image stands alone, as DeLong's and McNemar's tests assume. Proportions "
            "have Tango's score interval, AUROC and balanced accuracy a paired bootstrap."
        )
    return (
        f"Several images belong to one group ({group_meaning}) and are alike. DeLong's and "
        "McNemar's tests take every image for independent and so claim too much; trust the "
        "differences resampled by group, which stand first."
    )


def few_sentence(pair: Pair) -> str:
    """A warning where only few groups stand behind the intervals; else empty."""
    units = min((one.units for one in pair.differences.values() if one.units), default=0)
    if not pair.has_groups or units >= FEW_UNITS:
        return ""
    words = f"{units} group{'' if units == 1 else 's'}"
    return (
        f"As few as {words} stand behind a figure here: below ten, bootstrap intervals are too "
        "narrow and p values too small; below five, none are given. Take no difference for settled."
    )


def pair_sentences(match: Match, pairs: int) -> list[str]:
    """What the images say of two models, for a reader without statistics.

    Args:
        match: the two.
        pairs: how many pairs Holm's correction covers.
    """
    pair = match.pair
    grouped = pair.has_groups
    first, second = match.first.letter, match.second.letter
    sentences = []
    if pair.identical:
        sentences.append(
            f"{first} and {second} give the same P(malignant) for every image: one may be a copy "
            "of the other."
        )
    sentences.append(
        f"On the same {images_words(pair)} {_split_words(match, pair.sides)}; difference of "
        f"accuracy {pair.differences[ACCURACY].text(pair.digits)}: "
        + _verdict(
            pair.differences[ACCURACY],
            match.adjusted[BOOTSTRAP_ACCURACY if grouped else MCNEMAR],
            pairs,
        )
    )
    area = pair.differences[AUROC]
    if not grouped and pair.delong.low is not None:
        area = Signed(pair.delong.difference, pair.delong.low, pair.delong.high, "DeLong")
    sentences.append(
        f"Difference of AUROC {area.text(pair.digits)}: "
        + _verdict(area, match.adjusted[BOOTSTRAP_AUROC if grouped else DELONG], pairs)
    )
    if pair.classes is not None:
        classes = pair.differences[CLASS_ACCURACY]
        sentences.append(
            f"Of all classes {_split_words(match, pair.classes)}; difference of accuracy over all "
            f"classes {classes.text(pair.digits)}: "
            + _verdict(
                classes, match.adjusted[BOOTSTRAP_CLASSES if grouped else MCNEMAR_CLASSES], pairs
            )
        )
    return sentences


def _split_words(match: Match, split: Split) -> str:
    first, second = match.first.letter, match.second.letter
    grouped = match.pair.has_groups
    one = _count(split.test.first_only, split.first_groups, grouped)
    other = _count(split.test.second_only, split.second_groups, grouped)
    return (
        f"{first} is right on {one} where {second} is wrong and {second} on {other} where "
        f"{first} is wrong"
    )


def _count(images: int, groups: int, grouped: bool) -> str:
    words = f"{images:,} image{'' if images == 1 else 's'}"
    if not grouped or not images:
        return words
    return f"{words} (of {groups:,} group{'' if groups == 1 else 's'})"


def _verdict(value: Signed, p: float | None, pairs: int) -> str:
    if value.value is None:
        return "no test is possible."
    if p is None:
        return "no test is possible, so nothing is said of whether they differ."
    corrected = f"{p_text(p)} after Holm correction over {pairs} pair{'' if pairs == 1 else 's'}"
    if p >= LEVEL:
        near = ", although the interval of this pair alone leaves out 0"
        return (
            f"the data do not tell them apart ({corrected}){near if value.leaves_out_zero else ''}."
        )
    few = (
        f", but only {value.units} groups stand behind this: take it for a hint"
        if value.rests_on_few
        else ""
    )
    return f"they differ after Holm correction at 5 % ({corrected}){few}."


def family_sentence(section: PairedSection) -> str:
    """Which pairs differ once all of them are taken into account."""
    pairs = len(section.matches)
    grouped = section.matches[0].pair.has_groups
    tests = (
        (("accuracy", BOOTSTRAP_ACCURACY), ("AUROC", BOOTSTRAP_AUROC))
        if grouped
        else (("accuracy", MCNEMAR), ("AUROC", DELONG))
    )
    parts = []
    for what, name in tests:
        told = [
            match.name
            for match in section.matches
            if (p := match.adjusted.get(name)) is not None and p < LEVEL
        ]
        parts.append(f"{what} tells apart {joined(told) if told else 'no pair'}")
    how = "paired bootstrap by group" if grouped else "McNemar for accuracy, DeLong for AUROC"
    return (
        f"After Holm correction at 5 % over {pairs} pair{'' if pairs == 1 else 's'} ({how}): "
        f"{'; '.join(parts)}."
    )


def kappa_sentence(match: Match, by_class: bool) -> str:
    """How far two models suggest the same."""
    pair = match.pair
    agreed = pair.class_agreement if by_class and pair.class_agreement else pair.agreement
    what = "class" if by_class else "side"
    return (
        f"Both suggest the same {what} for {agreed.agreed:,} of {pair.n:,} images; Cohen's kappa "
        f"{agreed.kappa.text(pair.digits)}."
    )
