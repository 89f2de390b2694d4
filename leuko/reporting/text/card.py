"""What the card of a model says, in sentences for a reader who does not train networks.

The sentences are plain text: whoever shows them escapes them for the place where they stand.
"""

from collections.abc import Sequence

from leuko.evaluation.by_group import DRAWN_GROUPS, GroupResult
from leuko.evaluation.curves.bands import Band
from leuko.evaluation.curves.reliability import Reliability
from leuko.evaluation.summary import Summary
from leuko.labels import SplitPolicy
from leuko.models.card import ModelCard
from leuko.models.facts import AuditFacts
from leuko.statistics.estimate import FEW_UNITS
from leuko.statistics.large_samples import BLOCKS, EXACT_IMAGES

SECONDS_A_MINUTE = 60
MINUTES_AN_HOUR = 60


def data_facts(card: ModelCard) -> list[str]:
    """Sentences on the data set and its limits."""
    data = card.dataset
    copies = card.split.copies
    facts = [
        f"{data.title}, {data.images:,} pictures, {card.input.kind.plural}.",
        f"Classes: {', '.join(card.classes)}; malignant: {', '.join(card.malignant)}.",
        f"Source: {data.source}",
        f"Licence of the pictures: {data.licence}",
    ]
    if copies:
        facts.append(
            f"{copies:,} byte-identical {'copy' if copies == 1 else 'copies'} of other pictures; "
            "copies stay on one side."
        )
    audit = audit_facts(card.audit) if card.audit is not None else []
    return [*facts, *data.notes, *audit]


def audit_facts(audit: AuditFacts) -> list[str]:
    """Sentences on near copies and on what predicts the class without a look at the cells."""
    facts = []
    if audit.near_copies:
        facts.append(
            f"{audit.near_copies:,} pairs of pictures look the same without being byte-identical; "
            f"{audit.near_copies_crossing:,} of them stand on two sides of the split."
        )
    facts += [
        f"{name[:1].upper()}{name[1:]} alone reaches balanced accuracy {reached:.2f} on this data "
        f"set (chance {audit.chance:.2f})."
        for name, reached in audit.shortcuts.items()
    ]
    return facts


def split_facts(card: ModelCard) -> list[str]:
    """Sentences on how the pictures were divided and what that means for the figures."""
    split = card.split
    if split.policy is SplitPolicy.GROUPED:
        policy = (
            f"Split “grouped”: pictures that belong together stand on one side. "
            f"One group is a {split.group_meaning}."
        )
    else:
        policy = (
            f"Split “paper”: pictures were divided at random, as the study did. Pictures of one "
            f"group ({split.group_meaning}) can stand in training and in test, so these figures "
            "may be too high for new patients."
        )
    sizes = (
        f"{split.train:,} pictures to train, {split.validation:,} to validate, {split.test:,} to "
        f"test in {split.test_groups:,} groups; {split.left_out:,} left out."
    )
    proof = f"Seed {split.seed}; hash of the split {split.sha256[:12]}. Equal hashes, equal splits."
    return [policy, sizes, proof]


def training_facts(card: ModelCard) -> list[str]:
    """Sentences on the network and how its weights came about."""
    training, network = card.training, card.architecture
    versions = ", ".join(f"{name} {number}" for name, number in training.library_versions.items())
    facts = [
        (
            f"Network: {network.name} ({network.library}), {network.parameters / 1e6:.1f} million "
            f"parameters, input {card.input.side_px} × {card.input.side_px} px."
        ),
        f"Initialisation: {training.initialisation}",
        (
            f"{training.epochs} epochs in {duration(training.seconds)} on {training.device}; the "
            f"weights of epoch {training.best_epoch} were kept, chosen on validation pictures."
        ),
        f"Finished {training.finished}, with {versions}.",
    ]
    if card.study_row:
        facts.insert(0, f"Follows row {card.study_row} of the published systems.")
    if card.weights is not None:
        facts.append(f"Licence of the weights: {card.weights.licence}")
    return facts


def duration(seconds: float) -> str:
    """Wall time in words, such as "12 min" or "1 h 5 min"."""
    if seconds < SECONDS_A_MINUTE:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / SECONDS_A_MINUTE), MINUTES_AN_HOUR)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def interval_facts(summary: Summary) -> list[str]:
    """Sentences on how the intervals of a model were computed and how far they reach."""
    if summary.has_groups:
        fact = (
            f"The {summary.n:,} test images belong to {summary.n_groups:,} groups. Images of one "
            f"group are alike, so whole groups were resampled ({summary.resamples:,} times, seed "
            f"{summary.seed}); where all groups agree, each counts as one trial."
        )
    else:
        fact = (
            f"Each of the {summary.n:,} test images stands alone: proportions have Wilson's "
            "interval, AUROC DeLong's, all other figures a bootstrap over images "
            f"({summary.resamples:,} times, seed {summary.seed})."
        )
    facts = [fact]
    if summary.n > EXACT_IMAGES:
        facts.append(
            f"Above {EXACT_IMAGES:,} test images what is resampled are at most {BLOCKS:,} random "
            "blocks of them, and scores by levels: values are exact, limits nearly the same."
        )
    thin = [
        f"{name} ({estimate.units})"
        for name, estimate in (
            ("accuracy", summary.binary.accuracy),
            ("sensitivity", summary.binary.sensitivity),
            ("specificity", summary.binary.specificity),
            ("precision", summary.binary.precision),
            ("AUROC", summary.binary.auroc),
        )
        if estimate.rests_on_few
    ]
    if thin:
        facts.append(
            f"Fewer than ten groups stand behind {', '.join(thin)}: the true uncertainty is "
            "larger than the interval shows."
        )
    return facts


def group_facts(groups: Sequence[GroupResult], meaning: str) -> list[str]:
    """Sentences on how the errors are spread over the groups.

    Args:
        groups: of the test images, or none where every image stands alone.
        meaning: what one group is.
    """
    if not groups:
        return ["Every test image stands alone: there are no groups to look at."]
    spoilt = [one for one in groups if one.right < one.n]
    errors = sum(one.n - one.right for one in groups)
    facts = [
        f"One group is a {meaning}. {len(spoilt):,} of {len(groups):,} groups hold all "
        f"{errors:,} images on the wrong side of malignant against benign."
    ]
    if not errors:
        facts = [
            f"One group is a {meaning}. No test image is on the wrong side of malignant against "
            "benign."
        ]
    if len(groups) > DRAWN_GROUPS:
        facts.append(f"Shown are the worst {DRAWN_GROUPS:,} of them.")
    facts.append("Images of one group are alike: counts of a single group have no interval.")
    return facts


def reliability_facts(summary: Summary, found: Reliability) -> list[str]:
    """Sentences on how to read a reliability diagram."""
    error = summary.binary.ece.text(summary.digits)
    return [
        f"Points: observed share of malignant images, with its 95 % interval by {found.method}, "
        f"where P(malignant) lies in one tenth. Calibration error (ECE) {error}."
    ]


def band_facts(band: Band | None) -> list[str]:
    """Sentences on how the band of a curve was made, and how far it may be trusted."""
    if band is None:
        return ["No band: one side stands in fewer than two groups or images."]
    facts = [f"Band: 95 % at each point taken alone, {band.method}."]
    if band.units < FEW_UNITS:
        facts.append(f"Only {band.units} of them hold the scarcer side: the band is too narrow.")
    return facts
