"""The gates of a model in plain sentences: the same in the terminal and on the page."""

from collections.abc import Iterator

from leuko.labels import class_title
from leuko.models.card import ModelCard
from leuko.models.gates.measurements import GROUP_FROM, Deferral, FittedOn, GateTally
from leuko.models.gates.thresholds import Gates, NoveltyGate, SetLevel

FEW_VALIDATION = 100
"""Validation pictures below which a measured coverage of 90 % is uncertain by 3 points or more."""
FEW_GROUPS = 10
NEARLY_NONE = 0.01
REASONS = {
    "set": "the prediction set is not one class",
    "strangeness": "unlike the training pictures",
    "quality": "severe quality finding",
    "kind": "another kind of picture",
}


def gate_sentences(card: ModelCard) -> tuple[str, ...]:
    """What the gates of a model promise, what was measured, and what not to expect.

    Args:
        card: of the model, with gates or without.
    """
    gates = card.gates
    if gates is None:
        return (no_gates(card),)
    return (
        fitted_sentence(card, gates.fitted_on),
        *(_sets(level, in_force=level is gates.level) for level in gates.levels),
        _by_class(gates.level),
        *_novelty(gates.novelty),
        _quality(gates),
        calibration_sentence(card, gates),
        deferral_sentence(gates.deferral),
        *limits(gates),
    )


def no_gates(card: ModelCard) -> str:
    """That a model has no gates, and how it gets them."""
    return (
        f"{card.id} has no gates: its quality ranges, novelty threshold and prediction sets are "
        f"not known, and it defers nothing for them. Fit them with 'python -m leuko calibrate "
        f"{card.id} --data FOLDER'."
    )


def limits(gates: Gates) -> tuple[str, ...]:
    """What weakens the promises of the gates, one sentence each; empty where nothing does."""
    on = gates.fitted_on
    found = []
    if on.by_group:
        found.append(
            "Validation and test share no group, and pictures of one group are alike: the stated "
            "coverage holds for pictures like the validation ones, and need not hold for other "
            "patients. Trust the measured coverage."
        )
    if on.by_group and on.validation_groups < FEW_GROUPS:
        found.append(
            f"The thresholds rest on {on.validation_groups} groups alone: another choice of groups "
            "would give other thresholds."
        )
    if on.validation < FEW_VALIDATION:
        found.append(
            f"The thresholds rest on {on.validation} validation pictures: they are uncertain."
        )
    promise = gates.level.broken_promise
    if promise is not None:
        found.append(
            f"The promise of {_percent(gates.coverage)} coverage is not kept on test pictures "
            f"({_percent(promise)}): verdicts say so."
        )
    if not on.by_group and not on.own:
        found.append(
            "Test pictures come from the same patients or days as the validation pictures: "
            "expect less elsewhere."
        )
    return tuple(found)


def fitted_sentence(card: ModelCard, on: FittedOn) -> str:
    """What the gates were fitted and measured on."""
    whose = "your own pictures" if on.own else on.title
    return (
        f"{card.id}: gates fitted on {on.train} training and {on.validation} validation pictures "
        f"of {whose} ({on.validation_groups} groups), measured on {on.test} test pictures "
        f"({on.test_groups} groups). A group is: {on.group_meaning}."
    )


def _sets(level: SetLevel, *, in_force: bool) -> str:
    stated = _percent(level.coverage)
    if level.limit is None:
        return f"Sets of {stated} coverage: too few validation pictures; every class is in the set."
    measured = level.measured
    interval = ""
    if measured.low is not None and measured.high is not None:
        interval = f", 95 % interval {_percent(measured.low)} to {_percent(measured.high)}"
    return (
        f"Sets of {stated} coverage{' (in force)' if in_force else ''}: classes of probability "
        f"{level.limit:.3f} or more; measured {_share(measured.covered)}{interval}; one class "
        f"{measured.single.images} times ({_share(measured.single)} right), several "
        f"{measured.several}, none {measured.none}."
    )


def _by_class(level: SetLevel) -> str:
    parts = [f"{class_title(name)} {_share(one)}" for name, one in level.measured.by_class.items()]
    said = f"Coverage by class at {_percent(level.coverage)}: {'; '.join(parts)}."
    groups = [(one.share or 0.0, name) for name, one in level.measured.by_group.items()]
    if not groups:
        return said
    _, worst = min(groups)
    kept = sum(share >= level.coverage for share, _ in groups)
    return (
        f"{said} By group: {kept} of {len(groups)} groups of {GROUP_FROM} pictures or more reach "
        f"it; the lowest is {worst} with {_share(level.measured.by_group[worst])}."
    )


def _novelty(gate: NoveltyGate | None) -> Iterator[str]:
    if gate is None:
        yield "Novelty: too few validation pictures for a threshold."
        return
    yield (
        f"Novelty above {gate.threshold:.3f} is refused ({_percent(gate.stated)} of validation "
        f"pictures accepted; of test pictures {_share(gate.accepted)})."
    )
    for one in gate.out_of_distribution:
        refused = GateTally(hits=one.refused, images=one.images)
        found = f"AUROC {one.auroc:.3f}, refused {_share(refused)}"
        yield f"  {one.title}, out of distribution: {found}."


def _quality(gates: Gates) -> str:
    if gates.quality is None:
        return "Quality: no ranges were fitted."
    return f"Quality: ranges of {gates.quality.pictures} training pictures."


def calibration_sentence(card: ModelCard, gates: Gates) -> str:
    """What calibration did to the probabilities of test pictures."""
    before, after = gates.calibration.before, gates.calibration.after
    if card.temperature == 1:
        return (
            "Probabilities: validation asked for no temperature (1); on test pictures the "
            f"calibration error is {after.ece:.3f}, the Brier score {after.brier:.3f}."
        )
    return (
        f"Probabilities: calibrated with temperature {card.temperature:.2f}, chosen on validation "
        f"pictures; on test pictures the calibration error goes from {before.ece:.3f} to "
        f"{after.ece:.3f}, the Brier score from {before.brier:.3f} to {after.brier:.3f}."
    )


def deferral_sentence(deferral: Deferral) -> str:
    """How many test pictures all gates together defer, and why, and what remains."""
    shares = GateTally(hits=deferral.deferred, images=deferral.right.images)
    parts = [
        f"{REASONS[name]} {count}"
        for name, count in sorted(deferral.reasons.items(), key=lambda item: -item[1])
        if count
    ]
    because = f" ({'; '.join(parts)})" if parts else ""
    return (
        f"All gates together defer {_share(shares)} of test pictures{because}. Suggested "
        f"classes are right in {_share(deferral.right)} of all and in {_share(deferral.kept)} of "
        "the others."
    )


def _share(tally: GateTally) -> str:
    if tally.share is None:
        return "0 of 0"
    return f"{tally.hits} of {tally.images} ({_percent(tally.share)})"


def _percent(share: float) -> str:
    digits = 0 if share in (0, 1) or NEARLY_NONE < share < 1 - NEARLY_NONE else 1
    return f"{100 * share:.{digits}f} %"
