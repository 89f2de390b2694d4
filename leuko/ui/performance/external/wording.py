"""What the figures on a laboratory's own pictures mean, in sentences."""

from leuko.evaluation.external.domain_shift import (
    ACCURACY,
    AUROC,
    SENSITIVITY,
    SPECIFICITY,
    FigureOnBoth,
    OwnEvaluation,
)
from leuko.evaluation.summary import Summary
from leuko.labels import SplitPolicy
from leuko.models.card import ModelCard
from leuko.statistics.independent_differences import Difference, points
from leuko.ui.performance.external.refusal_wording import Share

COMPARED = (ACCURACY, SENSITIVITY, SPECIFICITY)
MIX_DIFFERS = 0.1
"""Shares of malignant images that differ by more change accuracy and precision by themselves."""

DOMAIN_SHIFT = (
    "This is called domain shift: pictures of another laboratory differ in stain, microscope, "
    "camera and patients from those that the model learnt from."
)
WHAT_TO_DO = (
    "What to do: do not carry the test-set figures over to your pictures; try the other models "
    "of this kind here; fit the gates to your pictures (python -m leuko calibrate MODEL --data "
    "FOLDER --own); train or fine-tune on labelled pictures of this laboratory and check again on "
    "pictures left aside."
)
RANKING_HOLDS = (
    "The AUROC shows no drop, so the model may still rank your pictures: a decision threshold "
    "chosen on labelled pictures of this laboratory may win some of the loss back."
)
NO_SHIFT_TO_SEE = (
    "With images of another kind among them, these figures say nothing of domain shift nor of how "
    "well the model does in this laboratory."
)


def shift_sentence(evaluation: OwnEvaluation, share: Share) -> str:
    """The main sentences: right in how many, here and on the test set, and what that is called.

    Args:
        evaluation: of the images that count.
        share: how many of the user's images these are.
    """
    accuracy = evaluation.figure(ACCURACY)
    summary, test, drop = evaluation.summary, evaluation.test, accuracy.drop
    here = f"{share.on} this model is right in {accuracy.own.text(summary.digits)}"
    if accuracy.test is None or test is None or drop is None or drop.value is None:
        return (
            f"{here}. It has no held-out results, so a drop cannot be computed: evaluate the "
            "model on its test images first."
        )
    digits = evaluation.digits
    start = (
        f"{here}; on its own test set in {accuracy.test.text(test.digits)}: "
        f"{_change(drop, digits)}."
    )
    return f"{start} {NO_SHIFT_TO_SEE if share.used_anyway else _meaning(evaluation, drop)}"


def _meaning(evaluation: OwnEvaluation, drop: Difference) -> str:
    """What the change is called, and what to do."""
    digits = evaluation.digits
    shown = [name for name in COMPARED if _is_drop(evaluation.figure(name).drop)]
    if shown == [ACCURACY] and _mix_differs(evaluation):
        return (
            "Neither sensitivity nor specificity shows a drop, and your mix of malignant "
            "and benign images differs from the test set's: the mix alone may explain this, so "
            "the data do not show domain shift, nor rule it out."
        )
    if shown:
        others = [_figure_change(evaluation.figure(n), digits) for n in shown if n != ACCURACY]
        also = f"{' and '.join(others).capitalize()}." if others else ""
        ranking = evaluation.figure(AUROC).drop
        holds = ranking is not None and ranking.low is not None and ranking.low <= 0
        said = (also, DOMAIN_SHIFT, WHAT_TO_DO, RANKING_HOLDS if holds else "")
        return " ".join(sentence for sentence in said if sentence)
    if drop.low is None or drop.high is None:
        return "Without an interval nothing can be said of domain shift."
    if drop.high < 0:
        return (
            "That is higher than on the test set. Make sure that the model was not "
            "trained on these pictures, and that they are no easier selection."
        )
    return (
        "The data do not show a drop (domain shift). That is no proof that there is "
        f"none: a drop of up to {points(drop.high, digits)} points fits the data as well, and "
        "more images would narrow that."
    )


def cautions(evaluation: OwnEvaluation, card: ModelCard, share: Share) -> list[str]:
    """What a reader must know before she compares the two columns."""
    said = [f for f in (_missing(evaluation, share), _sides(evaluation)) if f]
    summary, test = evaluation.summary, evaluation.test
    if summary.n == 1:
        said.append("One image says next to nothing: label more.")
    if test is not None and _mix_differs(evaluation):
        own, theirs = _malignant_share(summary), _malignant_share(test)
        said.append(
            f"{100 * own:.0f} % of {share.whose} are malignant, {100 * theirs:.0f} % of the test "
            "set: accuracy, precision and F1 change with that mix alone. Sensitivity, specificity "
            "and AUROC do not."
        )
    if test is not None and card.split.policy is SplitPolicy.PAPER:
        said.append(
            "The model's own test set was split at random and may flatter it; part of a drop is "
            "then no domain shift."
        )
    thin = [f.name for f in evaluation.figures if f.own.rests_on_few]
    if thin:
        said.append(
            f"Fewer than ten groups of yours stand behind {', '.join(thin)}: the true uncertainty "
            "is larger than the interval shows."
        )
    return said


def method_sentence(evaluation: OwnEvaluation, share: Share) -> str:
    """How the intervals were computed."""
    summary = evaluation.summary
    who = share.who
    if summary.has_groups:
        own = (
            f"{who[0].upper()}{who[1:]} belong to {summary.n_groups} groups, which were resampled "
            "whole"
        )
    else:
        own = f"Each of {who} counts as independent"
    return (
        f"{own}. Drop: own test set minus your images, in percentage points, as of two independent "
        "sets; the table says by which method. Each interval holds at 95 % by itself: among many "
        "figures and models some show a drop by chance."
    )


def _is_drop(drop: Difference | None) -> bool:
    return drop is not None and drop.low is not None and drop.low > 0


def _change(drop: Difference, digits: int) -> str:
    """Such as "16 points lower (interval 9 to 24 lower)"."""
    value = drop.value or 0.0
    shown = points(abs(value), digits)
    word = "lower" if value > 0 else "higher"
    unit = "point" if shown == "1" else "points"
    text = f"{shown} {unit} {'apart' if float(shown) == 0 else word}"
    if drop.low is None or drop.high is None:
        return text
    return f"{text} (95 % interval {_span(drop.low, drop.high, digits)})"


def _span(low: float, high: float, digits: int) -> str:
    """An interval of a drop in words, so that no sign has to be interpreted."""
    if low >= 0:
        return f"{points(low, digits)} to {points(high, digits)} lower"
    if high <= 0:
        return f"{points(-high, digits)} to {points(-low, digits)} higher"
    return f"{points(-low, digits)} higher to {points(high, digits)} lower"


def _figure_change(figure: FigureOnBoth, digits: int) -> str:
    change = _change(figure.drop, digits) if figure.drop is not None else ""
    return f"its {figure.name.casefold()} is {change}"


def _mix_differs(evaluation: OwnEvaluation) -> bool:
    test = evaluation.test
    own = _malignant_share(evaluation.summary)
    return test is not None and abs(own - _malignant_share(test)) > MIX_DIFFERS


def _one_side(summary: Summary) -> bool:
    share = _malignant_share(summary)
    return share in (0.0, 1.0)


def _malignant_share(summary: Summary) -> float:
    return (summary.true_positives + summary.false_negatives) / summary.n


def _missing(evaluation: OwnEvaluation, share: Share) -> str:
    """What cannot be measured for want of images."""
    summary = evaluation.summary
    if not _one_side(summary):
        return ""
    if _malignant_share(summary) == 1:
        return (
            f"All {share.whose} are malignant: specificity and AUROC are not measurable, and "
            "precision is 1 whatever the model says. Add benign images."
        )
    return (
        f"All {share.whose} are benign: sensitivity, precision and AUROC are not measurable. Add "
        "malignant images."
    )


def _sides(evaluation: OwnEvaluation) -> str:
    own = evaluation.own
    if not own.sides_only:
        return ""
    n = evaluation.summary.n
    whose = "Your labels say" if own.without_class == n else f"{own.without_class} labels say"
    return (
        f"{whose} malignant or benign only, and this model distinguishes more classes: the "
        "clinical figures are computed, those of the classes are left out."
    )
