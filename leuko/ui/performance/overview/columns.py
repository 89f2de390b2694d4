"""The columns of the table over all models: what each holds, in which view it stands."""

from dataclasses import dataclass, replace
from typing import Literal

FIGURES = "Figures"
PROBABILITIES = "Probabilities"
FACTS = "Data and network"
EVERYTHING = "All columns"
VIEWS = (FIGURES, PROBABILITIES, FACTS, EVERYTHING)

MALIGNANT = "Malignant against benign"
CLASSES = "All classes"
LEFT_OUT_LABORATORIES = "Left-out lab."
PUBLISHED = "Published accuracy"
TEST_SET = "Test set"
PROBABILITY = "Probability of malignant"
NETWORK = "Network"

Kind = Literal["text", "count", "figure", "number"]
LOWER_IS_BETTER = "Lower is better."


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        id: its name in downloads, lower case.
        label: its head, as short as can be understood.
        group: head above the heads of several columns.
        hint: what it means, one or two sentences.
        kind: ``text``; ``count`` of images or groups; ``figure`` in [0, 1] with an interval;
            ``number`` with anything else.
        views: where it is shown; it is always among all columns.
        rising: whether a first click on its head sorts upwards.
    """

    id: str
    label: str
    group: str
    hint: str
    kind: Kind = "figure"
    views: tuple[str, ...] = (FIGURES,)
    rising: bool = False


_AT_THRESHOLD = "Decided by the model's own threshold."

BINARY_FIGURES = (
    Column("accuracy", "Acc.", MALIGNANT,
           f"Accuracy: share of images on the right side. {_AT_THRESHOLD}"),
    Column("sensitivity", "Sens.", MALIGNANT,
           f"Sensitivity: share of malignant images suggested malignant. {_AT_THRESHOLD}"),
    Column("specificity", "Spec.", MALIGNANT,
           f"Specificity: share of benign images suggested benign. {_AT_THRESHOLD}"),
    Column("precision", "Prec.", MALIGNANT,
           "Precision: share of malignant suggestions that are malignant, at the mix of classes "
           "of this test set."),
    Column("f1", "F1", MALIGNANT, "F1: harmonic mean of precision and sensitivity."),
    Column("auroc", "AUROC", MALIGNANT,
           "Area under the ROC curve: how well the probability of malignant ranks images, at all "
           "thresholds at once.", views=(FIGURES, PROBABILITIES)),
    Column("average_precision", "Av. prec.", PROBABILITY,
           "Average precision: area under the precision-recall curve. Guessing reaches the share "
           "of malignant images in the test set.", views=(PROBABILITIES,)),
    Column("brier", "Brier", PROBABILITY,
           "Brier score: mean squared distance of the probability of malignant from what is true "
           f"(1 or 0). {LOWER_IS_BETTER}", views=(PROBABILITIES,), rising=True),
    Column("ece", "ECE", PROBABILITY,
           "Expected calibration error: how far the probabilities of malignant lie from the share "
           f"that is malignant. {LOWER_IS_BETTER}", views=(PROBABILITIES,), rising=True),
)  # fmt: skip
"""Figures of ``Summary.binary``, by the names of its fields."""

OVERALL_FIGURES = (
    Column("all_classes_accuracy", "Acc.", CLASSES,
           "Accuracy over all classes: share of images whose suggested class is the true one."),
    Column("balanced_accuracy", "Bal. acc.", CLASSES,
           "Balanced accuracy: mean over the classes of the share found, so that each class "
           "counts the same."),
)  # fmt: skip

LEFT_OUT = Column(
    "left_out_balanced_accuracy", "Bal. acc.", LEFT_OUT_LABORATORIES,
    "Balanced accuracy in laboratories that the model never saw, mean over them, from twins "
    "trained without each. Measured for models that read cells only; the figure to rank those by.",
)  # fmt: skip

COLUMNS = (
    Column("split", "Split", TEST_SET,
           "Grouped: pictures that belong together stand on one side. Paper: pictures were divided "
           "at random, as the studies did, so figures may be too high for new patients.",
           "text", (FIGURES, PROBABILITIES, FACTS), rising=True),
    Column("images", "Images", TEST_SET, "Test images.", "count", (FIGURES, PROBABILITIES)),
    Column("groups", "Groups", TEST_SET,
           "Groups (subjects, acquisition blocks) that the test images belong to.", "count",
           (FIGURES, PROBABILITIES)),
    LEFT_OUT,
    *BINARY_FIGURES,
    *OVERALL_FIGURES,
    Column("published_accuracy", "Study, %", PUBLISHED,
           "Accuracy that the study printed, in per cent. All studies split at random.",
           "number"),
    Column("published_difference", "Diff., pts", PUBLISHED,
           "Our accuracy over all classes minus the published one, in percentage points.",
           "number"),
    Column("study_row", "Row", NETWORK, "Row of the published systems that the model follows.",
           "text", (FACTS,), rising=True),
    Column("data", "Data", NETWORK, "Data set of training and test.", "text", (FACTS,),
           rising=True),
    Column("reads", "Reads", NETWORK, "Kind of picture that the model was trained on.", "text",
           (FACTS,), rising=True),
    Column("classes", "Classes", NETWORK, "Classes that the model distinguishes.", "text",
           (FACTS,), rising=True),
    Column("initialisation", "Initialisation", NETWORK, "Where the starting weights came from.",
           "text", (FACTS,), rising=True),
    Column("parameters_million", "Param., M", NETWORK, "Trained parameters, in millions.",
           "number", (FACTS,), rising=True),
    Column("file_megabytes", "File, MB", NETWORK,
           "Size of the weight file, in megabytes of a million bytes.", "number", (FACTS,),
           rising=True),
    Column("milliseconds_an_image", "ms / image", NETWORK,
           "Measured on this machine: one picture prepared, classified and explained by its "
           f"heatmap. {LOWER_IS_BETTER}", "number", (FACTS,), rising=True),
)  # fmt: skip


def columns_of(*, reads_cells: bool) -> list[Column]:
    """The columns of a table.

    Args:
        reads_cells: whether a model of the table reads cells. Its figure in laboratories left out
            then takes the place that the number of groups has among the figures otherwise, so
            that these still fit a small screen.
    """
    if not reads_cells:
        return [column for column in COLUMNS if column is not LEFT_OUT]
    return [
        replace(column, views=(PROBABILITIES,)) if column.id == "groups" else column
        for column in COLUMNS
    ]
