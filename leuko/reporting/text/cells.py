"""What the figures of a cell model mean, in sentences for a reader at the microscope.

The sentences are plain text: whoever shows them escapes them for the place where they stand.
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from leuko.evaluation.cells.counts import CountAgreement
from leuko.evaluation.cells.figures import CellFigures
from leuko.evaluation.cells.left_out import LeftOutFigures
from leuko.evaluation.cells.pooled import PooledFigures
from leuko.statistics.estimate import Estimate, supported_digits
from leuko.statistics.paired_intervals import signed

LABORATORY_TITLES: Final = MappingProxyType(
    {
        "acevedo": "Acevedo (Barcelona)",
        "munich": "Munich",
        "all_idb2": "ALL-IDB2",
        "wbc_segmentation": "Zheng (wbc_segmentation)",
        "bccd": "BCCD",
        "raabin": "Raabin-WBC",
        "txl_pbc": "TXL-PBC",
        "c_nmc": "C-NMC 2019",
        "taleqani": "Taleqani",
    }
)
"""Names of laboratories as people write them."""

MEANING: Final = (
    "What to expect on slides of a laboratory that the model never saw: for each laboratory a twin "
    "of this model was trained without it, and then read all of its cells."
)
WHY: Final = (
    "A split of pooled cells cannot tell this: where a class comes from one laboratory only, "
    "knowing the laboratory is enough to name the class."
)
UNMEASURED: Final = "Until it is, the figures below say nothing about slides of another laboratory."


def laboratory_title(name: str) -> str:
    """A laboratory as people write it, or its own name where none is known."""
    return LABORATORY_TITLES.get(name, name)


def collection_title(name: str) -> str:
    """A collection of fields as people write it, such as "TXL-PBC, Raabin-WBC"."""
    return ", ".join(
        laboratory_title(part.lower()) if part.lower() in LABORATORY_TITLES else part
        for part in name.split(", ")
    )


def shown(estimate: Estimate) -> str:
    """An estimate with no more decimals than the units behind it support."""
    return estimate.text(supported_digits(estimate.units))


def left_out_headline(found: LeftOutFigures) -> str:
    """The one figure of a cell model, as sidebars quote it.

    Such as "balanced accuracy 0.72 (0.70–0.74), mean over 3 laboratories it never saw; lowest
    0.45 (0.43–0.47), Munich".
    """
    if found.balanced_accuracy.value is None:
        return f"balanced accuracy {found.balanced_accuracy.text()} in laboratories it never saw"
    number = len(found.measured)
    if number == 1:
        (one,) = found.measured
        place = laboratory_title(one.laboratory)
        figure = one.balanced_accuracy.text(one.digits)
        return f"balanced accuracy {figure} in {place}, which it never saw"
    lowest = min(found.measured, key=lambda one: one.balanced_accuracy.value or 0.0)
    return (
        f"balanced accuracy {found.balanced_accuracy.text(found.digits)}, mean over {number} "
        f"laboratories it never saw; lowest {lowest.balanced_accuracy.text(lowest.digits)}, "
        f"{laboratory_title(lowest.laboratory)}"
    )


def left_out_briefly(found: LeftOutFigures) -> str:
    """The same in a few words, for a list of models."""
    return f"new laboratories: balanced accuracy {found.balanced_accuracy.text(found.digits)}"


def left_out_facts(found: LeftOutFigures) -> list[str]:
    """Sentences on how the table of laboratories left out is to be read."""
    facts = [
        "Balanced accuracy: mean over the labels of a laboratory of the share of cells given a "
        "class that fits; for a cell that is only known to be no blast, every other class fits.",
        f"Blasts are called at this model's threshold, P(malignant) ≥ {found.threshold:.2f}. "
        "False blasts: cells known not to be blasts that were called so.",
        f"95 % intervals: whole groups resampled within each laboratory ({found.resamples:,} "
        "times); cells that stand alone have Wilson's, and AUROC DeLong's. The mean says nothing "
        "of the spread over further laboratories.",
    ]
    few = [laboratory_title(one.laboratory) for one in found.laboratories if _rests_on_few(one)]
    if few:
        facts.append(
            f"Fewer than ten groups stand behind a figure of {', '.join(few)}: the true "
            "uncertainty is larger than the interval shows."
        )
    return facts


def _rests_on_few(one: CellFigures) -> bool:
    return any(
        figure.rests_on_few
        for figure in (one.auroc, one.sensitivity, one.specificity, one.balanced_accuracy)
    )


def pooled_facts(found: PooledFigures) -> list[str]:
    """Sentences on held-out cells of laboratories that the model knows."""
    one = found.everyone
    facts = [
        f"{one.cells:,} cells of {one.groups:,} groups that it was not trained on, from "
        "laboratories that it knows.",
        f"All classes: balanced accuracy {one.balanced_accuracy.text(one.digits)}, "
        f"{shown(one.accuracy)} of cells right.",
        "Classes that differ by degree joined (segmented and band; promyelocyte, myelocyte and "
        "metamyelocyte): balanced accuracy "
        f"{one.group_balanced_accuracy.text(one.digits)}, "
        f"{shown(one.group_accuracy)} of cells right.",
    ]
    if not found.laboratories:
        facts.append("The table does not name the laboratories of the cells.")
    return facts


def count_facts(found: Sequence[CountAgreement]) -> list[str]:
    """One sentence a collection on found against true numbers of cells."""
    return [_count_fact(one) for one in found]


def _count_fact(one: CountAgreement) -> str:
    title = f"{collection_title(one.set)}{', left out' if one.left_out else ''}"
    start = (
        f"{title}: {one.found:,} found, {one.true:,} true in {one.fields:,} fields; the count is "
        f"right in {one.exact:,}, within one cell in {one.within_one:,}."
    )
    agreement = one.agreement
    if agreement is None:
        return f"{start} Fewer than three fields give no limits of agreement."
    digits = supported_digits(one.fields)
    low, high = (signed(value, digits) for value in agreement.bias_limits)
    lower, upper = (signed(value, 1) for value in (agreement.lower, agreement.upper))
    return (
        f"{start} Bias {signed(agreement.bias, digits)} ({low} to {high}) cells a field; 95 % "
        f"limits of agreement {lower} to {upper}."
    )
