"""How far the heatmaps of a model can be trusted, measured on its test pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from leuko.arrays import Pixels
from leuko.errors import ExplainReportError
from leuko.faithfulness.deletion_insertion import (
    BLUR_SIGMA,
    DRAWS,
    SHARES,
    RemovalScores,
    removal_scores,
)
from leuko.faithfulness.probe import Case, Probe, inside_of
from leuko.faithfulness.sanity_checks import (
    SHUFFLES,
    flips,
    movements,
    randomisation,
    shift_px,
    shifts,
)
from leuko.faithfulness.summarise import agreement, curves, measured, part_shares, rounded
from leuko.inference.heatmaps.localisation import evidence_shares
from leuko.inference.result import Result
from leuko.models.card import ModelCard
from leuko.models.heatmap_report import (
    ExplainReport,
    OnCells,
    Randomisation,
    Removal,
    Stability,
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Measurement:
    """What is to be measured, and with what.

    Attributes:
        probe: a network of one's own.
        cases: pictures with what the model says about them.
        results: of the same pictures, with their cells.
        seed: of every random choice.
    """

    probe: Probe
    cases: Sequence[Case]
    results: Sequence[Result]
    seed: int


def measure_heatmaps(
    probe: Probe,
    pictures: Sequence[Pixels],
    results: Sequence[Result],
    groups: Sequence[str],
    *,
    test_images: int,
    are_groups: bool,
    made: str,
    seed: int = 0,
    progress: Progress | None = None,
) -> ExplainReport:
    """Measure the Grad-CAM heatmaps of a model for the classes that it suggests.

    Args:
        probe: the model; its weights are shuffled on the way and restored.
        pictures: of its test set, uint8 (H, W, 3) each.
        results: what the model says about them, in float32.
        groups: what each picture belongs to.
        test_images: pictures in the whole test set.
        are_groups: whether groups of the test set hold several pictures.
        made: date, ISO 8601.
        seed: of random maps and shuffled weights.
        progress: is told (pictures done, pictures in all) of the part that takes longest.

    Raises:
        ExplainReportError: when the model has no weights or there is no picture.
    """
    card = probe.card
    if card.weights is None or not pictures:
        raise ExplainReportError(f"'{card.id}' has no weights or no test picture to measure.")
    work = Measurement(probe, _cases(probe, pictures, results, groups), results, seed)
    speaking = [case for case in work.cases if case.has_evidence]
    return ExplainReport(
        model_id=card.id,
        weights_sha256=card.weights.sha256,
        layer=card.architecture.heatmap_layer,
        test_images=test_images,
        images=len(pictures),
        groups=len(set(groups)),
        are_groups=are_groups,
        seed=seed,
        with_evidence=len(speaking),
        removal=_removal(work, speaking, progress) if speaking else None,
        randomisation=_randomisation(work, speaking) if speaking else None,
        cells=_on_cells(work),
        stability=_stability(work),
        made=made,
    )


def _cases(
    probe: Probe,
    pictures: Sequence[Pixels],
    results: Sequence[Result],
    groups: Sequence[str],
) -> list[Case]:
    prepared = [probe.prepare(pixels) for pixels in pictures]
    squares = probe.normalised(prepared)
    numbers = np.unique(np.array(groups), return_inverse=True)[1]
    return [
        _case(probe.card, square, inside_of(one), result, int(number))
        for square, one, result, number in zip(squares, prepared, results, numbers, strict=True)
    ]


def _case(
    card: ModelCard,
    square: torch.Tensor,
    inside: NDArray[np.bool_],
    result: Result,
    group: int,
) -> Case:
    label = card.class_set.index(result.label)
    return Case(square, inside, label, result.evidence[label], group)


def _removal(work: Measurement, cases: Sequence[Case], progress: Progress | None) -> Removal:
    scores: list[RemovalScores] = []
    for place, case in enumerate(cases):
        generator = np.random.default_rng([work.seed, place])
        scores.append(removal_scores(work.probe, case, generator))
        if progress is not None:
            progress(place + 1, len(cases))
    groups = _groups(cases)
    deletion = np.stack([one.deletion for one in scores])  # (N, 1 + DRAWS, STEPS + 1)
    insertion = np.stack([one.insertion for one in scores])
    return Removal(
        images=len(cases),
        shares=rounded(SHARES),
        draws=DRAWS,
        deletion=curves(deletion, groups, lower_is_better=True),
        insertion=curves(insertion, groups, lower_is_better=False),
        blur_sigma=BLUR_SIGMA,
    )


def _randomisation(work: Measurement, cases: Sequence[Case]) -> Randomisation:
    last, whole = randomisation(work.probe, cases, work.seed)
    groups = _groups(cases)
    return Randomisation(
        images=len(cases),
        draws=SHUFFLES,
        last_layer=measured(last, groups),
        whole_network=measured(whole, groups),
    )


def _on_cells(work: Measurement) -> OnCells:
    found = [
        (case, result, shares)
        for case, result in zip(work.cases, work.results, strict=True)
        if (shares := result.on_cells()) is not None
    ]
    without = sum(result.cells is None or not result.cells.any() for result in work.results)
    evidence = np.array([[s.nucleus, s.cytoplasm, s.outside] for *_, s in found]).reshape(-1, 3)
    areas = np.array([_areas(result) for _, result, _ in found]).reshape(-1, 3)
    nucleus, cytoplasm, outside = (
        part_shares(evidence[:, part], areas[:, part]) if found else None for part in range(3)
    )
    advantage = None
    if found:
        groups = _groups([case for case, *_ in found])
        advantage = measured(areas[:, 2] - evidence[:, 2], groups)
    return OnCells(
        images=len(found),
        without_cell=without,
        mostly_outside=sum(shares.mostly_outside for *_, shares in found),
        nucleus=nucleus,
        cytoplasm=cytoplasm,
        outside=outside,
        advantage=advantage,
    )


def _areas(result: Result) -> tuple[float, float, float]:
    """Shares that evenly spread evidence would have on nuclei, on cytoplasm and on the rest."""
    assert result.cells is not None  # noqa: S101  asked only of pictures with cells
    even = np.ones_like(result.evidence[0])
    shares = evidence_shares(even, result.cells, result.area, result.side_px)
    assert shares is not None  # noqa: S101  there was evidence inside the picture
    return shares.nucleus, shares.cytoplasm, shares.outside


def _stability(work: Measurement) -> Stability:
    side = work.probe.card.input.side_px
    groups = _groups(work.cases)
    return Stability(
        images=len(work.cases),
        images_with_evidence=sum(case.has_evidence for case in work.cases),
        shift_px=shift_px(side),
        shifts=agreement(movements(work.probe, work.cases, shifts(side)), groups),
        flips=agreement(movements(work.probe, work.cases, flips(side)), groups),
    )


def _groups(cases: Sequence[Case]) -> NDArray[np.int64]:
    return np.array([case.group for case in cases], dtype=np.int64)
