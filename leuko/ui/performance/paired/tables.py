"""Tables of the comparison: one row a pair, a measure or an image."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leuko.evaluation.comparison.images import ImageDisagreement
from leuko.evaluation.comparison.pair import (
    BOOTSTRAP_ACCURACY,
    BOOTSTRAP_AUROC,
    BOOTSTRAP_CLASSES,
    DELONG,
    MCNEMAR,
    MCNEMAR_CLASSES,
    Pair,
)
from leuko.evaluation.comparison.resampling import (
    ACCURACY,
    AUROC,
    BALANCED_ACCURACY,
    CLASS_ACCURACY,
    CLASS_BALANCED_ACCURACY,
    SENSITIVITY,
    SPECIFICITY,
)
from leuko.labels import class_title
from leuko.reporting.charts.comparison import ForestRow
from leuko.reporting.tables.metrics import NOTHING
from leuko.statistics.paired_intervals import Signed
from leuko.statistics.paired_tests import p_cell
from leuko.ui.performance.overview.rows import POLICY_WORDS
from leuko.ui.performance.paired.results import Entrant, Match

if TYPE_CHECKING:
    import pandas as pd

TITLES = {
    ACCURACY: "Accuracy",
    AUROC: "AUROC",
    SENSITIVITY: "Sensitivity",
    SPECIFICITY: "Specificity",
    BALANCED_ACCURACY: "Balanced accuracy",
    CLASS_ACCURACY: "Accuracy, all classes",
    CLASS_BALANCED_ACCURACY: "Balanced accuracy, all classes",
}
FOREST = (ACCURACY, AUROC, SENSITIVITY, SPECIFICITY)
BOOTSTRAP_TESTS = {
    ACCURACY: BOOTSTRAP_ACCURACY,
    AUROC: BOOTSTRAP_AUROC,
    CLASS_ACCURACY: BOOTSTRAP_CLASSES,
}


def entrant_table(entrants: Sequence[Entrant]) -> "pd.DataFrame":
    """Which letter stands for which model, with its own figures."""
    import pandas as pd

    rows = []
    for one in entrants:
        card, summary = one.results.model.card, one.results.summary
        rows.append(
            {
                "": one.letter,
                "Model": card.title,
                "Split": POLICY_WORDS[card.split.policy],
                "Threshold": f"{card.decision_threshold:.2f}",
                "Accuracy": summary.binary.accuracy.text(summary.digits) if summary else NOTHING,
                "AUROC": summary.binary.auroc.text(summary.digits) if summary else NOTHING,
            }
        )
    return pd.DataFrame(rows)


def difference_table(matches: Sequence[Match]) -> "pd.DataFrame":
    """One row a pair and measure: difference, interval, where it comes from."""
    import pandas as pd

    rows = []
    for match in matches:
        for measure, one in match.pair.differences.items():
            test = BOOTSTRAP_TESTS.get(measure)
            rows.append(
                {
                    "Pair": match.name,
                    "Figure": TITLES[measure],
                    "Difference (95 % interval)": one.text(match.pair.digits),
                    "p": p_cell(one.p if test else None),
                    "p, Holm": p_cell(match.adjusted.get(test) if test else None),
                    "Interval by": one.method or NOTHING,
                    "Groups" if match.pair.has_groups else "Images": one.units,
                }
            )
    return pd.DataFrame(rows)


def test_table(matches: Sequence[Match]) -> "pd.DataFrame":
    """One row a pair: the tests that take every image for independent."""
    import pandas as pd

    rows = []
    for match in matches:
        pair, test = match.pair, match.pair.sides.test
        row = {
            "Pair": match.name,
            "AUROC, difference": _delong(pair).text(pair.digits),
            "DeLong p": p_cell(pair.delong.p),
            "DeLong p, Holm": p_cell(match.adjusted[DELONG]),
            "Only first right": test.first_only,
            "Only second right": test.second_only,
            "McNemar p": p_cell(test.p),
            "McNemar p, Holm": p_cell(match.adjusted[MCNEMAR]),
            "McNemar by": _way(test.exact),
        }
        if pair.classes is not None:
            of_all = pair.classes.test
            row |= {
                "All classes: only first right": of_all.first_only,
                "All classes: only second right": of_all.second_only,
                "All classes: McNemar p": p_cell(of_all.p),
                "All classes: McNemar p, Holm": p_cell(match.adjusted[MCNEMAR_CLASSES]),
            }
        rows.append(row)
    return pd.DataFrame(rows)


def agreement_table(matches: Sequence[Match]) -> "pd.DataFrame":
    """One row a pair: how often both suggest the same, and kappa."""
    import pandas as pd

    rows = []
    for match in matches:
        pair, of_all = match.pair, match.pair.class_agreement
        row = {
            "Pair": match.name,
            "Same side": pair.agreement.agreed,
            "Kappa, malignant or benign": pair.agreement.kappa.text(pair.digits),
        }
        if of_all is not None:
            row["Same class"] = of_all.agreed
            row["Kappa, all classes"] = of_all.kappa.text(pair.digits)
        rows.append(row)
    return pd.DataFrame(rows)


def _delong(pair: Pair) -> Signed:
    test = pair.delong
    return Signed(test.difference, test.low, test.high, "DeLong", test.reason)


def _way(exact: bool) -> str:
    return "exact binomial" if exact else "chi-square, corrected"


def with_titles(table: "pd.DataFrame", matches: Sequence[Match]) -> "pd.DataFrame":
    """The same table for a file: models by name, for letters mean nothing outside the page."""
    named = {match.name: (match.first.title, match.second.title) for match in matches}
    told = table.copy()
    told.insert(1, "First", [named[name][0] for name in table["Pair"]])
    told.insert(2, "Second", [named[name][1] for name in table["Pair"]])
    return told


def forest_rows(matches: Sequence[Match]) -> list[ForestRow]:
    """What the chart of differences draws."""
    return [
        ForestRow(
            match.name,
            f"{match.first.title} minus {match.second.title}",
            {TITLES[measure]: match.pair.differences[measure] for measure in FOREST},
            match.pair.digits,
        )
        for match in matches
    ]


def verdict_table(listed: Sequence[ImageDisagreement], match: Match) -> "pd.DataFrame":
    """One row an image: truth, what each model suggests, and who is right."""
    import pandas as pd

    first, second = match.first.letter, match.second.letter
    rows = {
        "Image": [one.image for one in listed],
        "Group": [one.group for one in listed],
        "True class": [class_title(one.truth) for one in listed],
        f"{first} suggests": [class_title(one.first) for one in listed],
        f"{second} suggests": [class_title(one.second) for one in listed],
        f"P(malignant), {first}": [one.first_probability for one in listed],
        f"P(malignant), {second}": [one.second_probability for one in listed],
        "Right": [_right(one, first, second) for one in listed],
    }
    table = pd.DataFrame(rows)
    return table if match.pair.has_groups else table.drop(columns="Group")


def _right(one: ImageDisagreement, first: str, second: str) -> str:
    if one.first_right and one.second_right:
        return "both"
    if one.first_right or one.second_right:
        return first if one.first_right else second
    return "neither"
