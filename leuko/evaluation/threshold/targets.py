"""Thresholds that reach a target, solved on validation images and never on the test set."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from leuko.evaluation.predictions import Predictions
from leuko.evaluation.threshold.candidates import Ladder, Preference
from leuko.evaluation.threshold.curve import GroupDraws, rates_at
from leuko.statistics.estimate import FEW_UNITS, Estimate
from leuko.statistics.intervals import RESAMPLES

FEW_IMAGES = 30
ROUNDING = 1e-9


class Goal(StrEnum):
    """What a threshold is asked to reach."""

    SENSITIVITY = "sensitivity"
    SPECIFICITY = "specificity"
    YOUDEN = "youden"


@dataclass(frozen=True)
class Target:
    """One wish for a threshold.

    Attributes:
        goal: which rate, or the largest Youden index.
        at_least: rate to reach, in (0, 1]; not used for the Youden index.
        by_lower_limit: whether the lower 95 % limit must reach it, not only the measured rate.

    Raises:
        ValueError: when the rate is out of bounds.
    """

    goal: Goal
    at_least: float = 0.95
    by_lower_limit: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.at_least <= 1:
            raise ValueError(f"a target lies above 0 and not above 1, found {self.at_least}")


@dataclass(frozen=True)
class ThresholdSuggestion:
    """The threshold that validation images suggest.

    Attributes:
        target: what was asked.
        threshold: the score at which the target is just reached, in [0, 1]; None when no
            threshold reaches it.
        rounded: a threshold with few decimals that decides every validation image alike.
        sensitivity, specificity: on the validation images at this threshold; None without one.
        remarks: sentences on ties and on what cannot be reached.
        cautions: sentences on too few images or groups.
    """

    target: Target
    threshold: float | None
    rounded: float | None
    sensitivity: Estimate | None
    specificity: Estimate | None
    remarks: tuple[str, ...]
    cautions: tuple[str, ...] = ()


def suggest_threshold(
    validation: Predictions, target: Target, seed: int = 0, resamples: int = RESAMPLES
) -> ThresholdSuggestion:
    """Solve a target on validation images.

    Sensitivity at least X: the highest threshold that reaches it. Specificity at least X: the
    lowest. Youden: the largest sensitivity + specificity - 1; of several, the lowest threshold,
    which misses fewest. Only scores that occur can change a decision, so only these are tried,
    and 1, above which nothing may lie.

    Args:
        validation: predictions on validation images, never the test set.
        target: what to reach.
        seed: of the bootstrap.
        resamples: of the bootstrap.

    Source: Youden (1950), Cancer 3:32-35, for the index.
    """
    cautions = few_cautions(validation)
    absent = _absent_side(validation, target.goal)
    if absent:
        return ThresholdSuggestion(target, None, None, None, None, (absent,))
    ladder = Ladder.of(validation)
    draws = GroupDraws.of(validation, seed, resamples)
    step = _solve(ladder, validation, target, draws)
    if step is None:
        return ThresholdSuggestion(
            target, None, None, None, None, (_unreachable(ladder, target),), cautions
        )
    at = [float(ladder.thresholds[step])]
    return ThresholdSuggestion(
        target=target,
        threshold=at[0],
        rounded=ladder.rounded(step, _PREFERENCES[target.goal]),
        sensitivity=rates_at(validation, at, draws, malignant=True)[0],
        specificity=rates_at(validation, at, draws, malignant=False)[0],
        remarks=tuple(_step_remarks(ladder, step, target)),
        cautions=cautions,
    )


def few_cautions(validation: Predictions) -> tuple[str, ...]:
    """A sentence on sides that hold too few images or groups to choose by; empty for none."""
    thin = []
    for side, chosen in (
        ("malignant", validation.is_malignant),
        ("benign", ~validation.is_malignant),
    ):
        images = int(chosen.sum())
        groups = len(np.unique(validation.group_indices[chosen]))
        if images < FEW_IMAGES or (validation.has_groups and groups < FEW_UNITS):
            where = f" in {_count(groups, 'group')}" if validation.has_groups else ""
            thin.append(f"{_count(images, f'{side} image')}{where}")
    if not thin:
        return ()
    return (
        f"The validation set holds only {' and '.join(thin)}: with other pictures the suggestion "
        "could be a quite different one.",
    )


_PREFERENCES: dict[Goal, Preference] = {
    Goal.SENSITIVITY: "highest",
    Goal.SPECIFICITY: "lowest",
    Goal.YOUDEN: "middle",
}


def _solve(
    ladder: Ladder, validation: Predictions, target: Target, draws: GroupDraws
) -> int | None:
    """Place of the threshold on the ladder, or None."""
    if target.goal is Goal.YOUDEN:
        return int(np.argmax(ladder.twice_youden()))  # the first, so the lowest threshold
    of_sensitivity = target.goal is Goal.SENSITIVITY
    right = ladder.found if of_sensitivity else ladder.cleared
    needed = target.at_least * (ladder.diseased if of_sensitivity else ladder.sound)
    reaching = np.flatnonzero(right >= needed - ROUNDING)
    if target.by_lower_limit and len(reaching):
        changes = np.diff(right[reaching]) != 0  # only these thresholds differ in the rate
        reaching = reaching[
            np.append(changes, [True]) if of_sensitivity else np.append([True], changes)
        ]
        rates = rates_at(
            validation, ladder.thresholds[reaching].tolist(), draws, malignant=of_sensitivity
        )
        lows = np.array([-1.0 if rate.low is None else rate.low for rate in rates])
        reaching = reaching[lows >= target.at_least - ROUNDING]
    if not len(reaching):
        return None
    return int(reaching[-1] if of_sensitivity else reaching[0])


def _absent_side(validation: Predictions, goal: Goal) -> str:
    """A sentence where the validation images cannot measure the goal, else an empty one."""
    malignant = int(validation.is_malignant.sum())
    lacking = []
    if not malignant and goal is not Goal.SPECIFICITY:
        lacking.append("malignant")
    if malignant == validation.n and goal is not Goal.SENSITIVITY:
        lacking.append("benign")
    if not lacking:
        return ""
    return f"The validation set holds no {lacking[0]} image: nothing can be suggested from it."


def _unreachable(ladder: Ladder, target: Target) -> str:
    of_sensitivity = target.goal is Goal.SENSITIVITY
    images = ladder.diseased if of_sensitivity else ladder.sound
    side = "malignant" if of_sensitivity else "benign"
    if target.by_lower_limit:
        return (
            f"No threshold has a lower 95 % limit of {target.goal} of {target.at_least:g} on the "
            f"{_count(images, f'{side} validation image')}: there are too few of them, or too "
            "many on the wrong side."
        )
    return (
        f"No threshold up to 1 reaches a {target.goal} of {target.at_least:g}: too many {side} "
        "validation images have a P(malignant) of 1."
    )


def _step_remarks(ladder: Ladder, step: int, target: Target) -> list[str]:
    """Sentences on ties and on thresholds that say the same of every image."""
    remarks = []
    decisive = step - 1 if target.goal is Goal.SPECIFICITY and step else step
    level = int(ladder.level[decisive])
    if level > 1:
        remarks.append(
            f"{level} validation images share the decisive P(malignant): they fall on one side "
            "together, so the target cannot be met more exactly."
        )
    if target.goal is Goal.YOUDEN:
        sums = ladder.twice_youden()
        equal = int((sums == sums[step]).sum())
        if equal > 1:
            remarks.append(
                f"{equal} thresholds share the largest index; the lowest is suggested, because "
                "it misses the fewest malignant images."
            )
    if ladder.found[step] == ladder.diseased and ladder.cleared[step] == 0:
        remarks.append("At this threshold every validation image is suggested malignant.")
    if ladder.found[step] == 0 and ladder.cleared[step] == ladder.sound:
        remarks.append("At this threshold no validation image is suggested malignant.")
    return remarks


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
