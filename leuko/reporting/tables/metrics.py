"""The figures of one model as rows of text, each value with its interval."""

from collections.abc import Sequence

from leuko.evaluation.by_group import GroupResult
from leuko.evaluation.summary import Summary
from leuko.labels import ClassSet, class_title
from leuko.statistics.estimate import supported_digits

NOTHING = "–"
OVERVIEW_METRICS = {
    "Accuracy": "accuracy",
    "Sensitivity": "sensitivity",
    "Specificity": "specificity",
    "Precision": "precision",
    "F1": "f1",
    "AUROC": "auroc",
}
PROBABILITY_METRICS = {
    "Average precision": "average_precision",
    "Brier score": "brier",
    "Calibration error (ECE)": "ece",
}
CLASS_METRICS = {
    "Sensitivity": "sensitivity",
    "Specificity": "specificity",
    "Precision": "precision",
    "F1": "f1",
    "AUROC": "auroc",
}


def class_rows(summary: Summary) -> list[dict[str, str | int]]:
    """One row a class, against all others, decided by the suggested class.

    Returns:
        Column title to cell; figures are text such as "0.95 (0.92–0.97)".
    """
    return [
        {
            "Class": class_title(one.name),
            "Side": "malignant" if one.name in summary.classes.malignant else "benign",
            "Images": one.n,
            "Groups": one.n_groups,
            **metric_texts(one, CLASS_METRICS, summary.digits),
        }
        for one in summary.per_class
    ]


def figure_rows(summary: Summary) -> list[dict[str, str]]:
    """One row a figure: value, counts behind it, and how its interval was computed."""
    binary = OVERVIEW_METRICS | PROBABILITY_METRICS
    named = {
        **{name: getattr(summary.binary, field) for name, field in binary.items()},
        f"Accuracy ({len(summary.classes.names)} classes)": summary.overall.accuracy,
        "Balanced accuracy": summary.overall.balanced_accuracy,
        "Macro precision": summary.overall.macro_precision,
        "Macro F1": summary.overall.macro_f1,
    }
    return [
        {
            "Figure": name,
            "Value": estimate.text(summary.digits),
            "Images": f"{estimate.hits} of {estimate.trials}" if estimate.trials else NOTHING,
            "95 % interval by": estimate.method or NOTHING,
        }
        for name, estimate in named.items()
    ]


def metric_texts(metrics: object, names: dict[str, str], digits: int) -> dict[str, str]:
    """Estimates of a record as text.

    Args:
        metrics: a record whose fields are estimates, such as ``BinaryMetrics``.
        names: title to field.
        digits: decimals that the test set supports.
    """
    return {name: getattr(metrics, field).text(digits) for name, field in names.items()}


def group_rows(groups: Sequence[GroupResult], classes: ClassSet) -> list[dict[str, str | int]]:
    """One row a group, in the order given; counts, because images of one group are alike.

    Args:
        groups: of one model.
        classes: more than two add the images that were given their true class.
    """
    rows: list[dict[str, str | int]] = []
    for one in groups:
        row: dict[str, str | int] = {
            "Group": one.group_id,
            "Images": one.n,
            "Right": one.right,
            "Accuracy": f"{one.accuracy:.{supported_digits(one.n)}f}",
            "Malignant right": _of(one.malignant_found, one.malignant),
            "Benign right": _of(one.benign_found, one.benign),
        }
        if len(classes.names) > 2:  # noqa: PLR2004
            row["Right class"] = one.right_class
        rows.append(row)
    return rows


def _of(found: int, cases: int) -> str:
    return f"{found} of {cases}" if cases else NOTHING
