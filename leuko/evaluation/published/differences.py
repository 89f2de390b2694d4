"""How our run of a published row differs from the study, in sentences computed from its card."""

from leuko.evaluation.summary import Summary
from leuko.models.card import ModelCard
from leuko.statistics.estimate import Estimate

HUB_WEIGHTS = "ImageNet weights"
RANDOM_WEIGHTS = "random weights"
WITH_BATCH_NORMS = "_bn"


def differences(card: ModelCard) -> list[str]:
    """What was done otherwise than in the study, each as a part of a sentence."""
    network, said = card.architecture, []
    start = card.training.initialisation
    if not start.startswith(HUB_WEIGHTS):
        said.append(f"started from {start}")
    if network.head == "average":
        said.append("average pooling in place of the dense layers")
    if network.name.endswith(WITH_BATCH_NORMS):
        said.append("the variant with batch norms")
    if "subset" in card.dataset.title.lower():
        said.append(f"{card.dataset.images:,} pictures of the set")
    if card.weights is not None and card.weights.precision == "float16":
        said.append("kernels kept in half precision")
    return said


def run_differences(printed: str | None, estimate: Estimate | None) -> str:
    """Where the published accuracy lies relative to ours; empty when one of the two is missing.

    Args:
        printed: in per cent as the study prints it, a single number.
        estimate: ours, a fraction.
    """
    if printed is None or estimate is None or estimate.value is None:
        return ""
    try:
        published = float(printed) / 100
    except ValueError:
        return ""
    points = abs(estimate.value - published) * 100
    if estimate.low is None or estimate.high is None:
        where = "no interval can be given"
    elif estimate.low <= published <= estimate.high:
        where = "the published figure lies within our interval"
    else:
        where = "the published figure lies outside our interval"
    side = "above" if estimate.value > published else "below"
    return f"{points:.0f} points {side} the published accuracy; {where}"


def run_remark(card: ModelCard, summary: Summary, printed_accuracy: str | None) -> str:
    """One line on one run: size of the test, how it was trained, what differs, where it lands."""
    parts = [
        f"{summary.n} test pictures in {summary.n_groups} groups",
        f"{card.architecture.name} at {card.input.side_px} px, {card.training.epochs} epochs",
        *differences(card),
    ]
    placed = run_differences(printed_accuracy, summary.overall.accuracy)
    return "; ".join([*parts, placed] if placed else parts) + "."


def start_remark(cards: list[ModelCard]) -> str:
    """One sentence when no run could start from a hub's weights; empty otherwise."""
    if not cards or any(card.training.initialisation.startswith(HUB_WEIGHTS) for card in cards):
        return ""
    return (
        "The studies start from weights trained on ImageNet (study C: then on PatchCamelyon). No "
        "run below does: none had a model hub within reach. Each starts from random weights or "
        "from the trunk of a network trained here on Taleqani, as its line says."
    )
