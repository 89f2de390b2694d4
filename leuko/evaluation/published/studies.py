"""What five published studies reported: the figures that ours stand beside.

Values are percentages as printed, or None where the study gives none. All five split pictures at
random. Where a study's own tables disagree, both values stand as a range.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedRow:
    """One result of one study.

    Attributes:
        row: identifier used in recipes and cards, such as ``A1``.
        year: of the study, None where our notes do not give it.
        dataset: id of the data set's adapter.
        network: as the study names it.
        training: optimiser and schedule as published.
        accuracy, sensitivity, specificity, precision, f1, auroc: as printed, in per cent.
        remark: what the reader of the figure must know.
    """

    row: str
    year: int | None
    dataset: str
    network: str
    training: str
    accuracy: str | None = None
    sensitivity: str | None = None
    specificity: str | None = None
    precision: str | None = None
    f1: str | None = None
    auroc: str | None = None
    remark: str = ""

    @property
    def study(self) -> str:
        """Letter of the study."""
        return self.row[0]


ROWS: tuple[PublishedRow, ...] = (
    PublishedRow(
        "A1", 2021, "all_idb2", "AlexNet", "SGD with momentum, 20 epochs",
        accuracy="80.76", sensitivity="92.30", specificity="69.23", precision="75.0",
    ),
    PublishedRow(
        "A2", 2021, "all_idb2", "AlexNet", "Adam, 20 epochs",
        accuracy="88.46", sensitivity="96.15", specificity="80.76", precision="83.33",
    ),
    PublishedRow(
        "B1", 2024, "c_nmc", "EfficientNet-B3", "two phases: ImageNet weights, then fine-tuning",
        accuracy="95.74", sensitivity="96", precision="98", f1="97",
        remark="1,600 cells; figures of the class ALL",
    ),
    PublishedRow("B2", 2024, "c_nmc", "VGG-16", "as B1", accuracy="76.8", f1="74.8"),
    PublishedRow("B3", 2024, "c_nmc", "plain CNN", "as B1", accuracy="82.3", f1="80"),
    PublishedRow("B4", 2024, "c_nmc", "Inception v3", "as B1", accuracy="90.6", f1="90.7"),
    PublishedRow(
        "C1", 2022, "all_idb2", "DenseNet-169", "transfer from PatchCamelyon, 10 epochs",
        accuracy="99.76", sensitivity="99.52", specificity="100", auroc="99.75",
    ),
    PublishedRow(
        "C2", 2022, "all_idb2", "VGG-19", "transfer from PatchCamelyon, 10 epochs",
        accuracy="99.49", sensitivity="100", specificity="99.51", auroc="99.76",
    ),
    PublishedRow(
        "C3", 2022, "all_idb2", "simple CNN", "10 epochs",
        accuracy="94.24", sensitivity="97.93", specificity="91.0", auroc="93–98",
        remark="the study's tables disagree on AUC",
    ),
    PublishedRow(
        "C4", 2022, "c_nmc", "DenseNet-169", "as C1",
        accuracy="85.41", sensitivity="83.70", specificity="91.57", auroc="81",
    ),
    PublishedRow(
        "C5", 2022, "c_nmc", "VGG-19", "as C2",
        accuracy="85.32", sensitivity="85.18", specificity="80.98", auroc="79",
    ),
    PublishedRow(
        "C6", 2022, "c_nmc", "simple CNN", "as C3",
        accuracy="80.77", sensitivity="84.1", specificity="69–72", auroc="80–96",
        remark="the study's tables disagree on specificity and AUC",
    ),
    PublishedRow(
        "D1", None, "c_nmc", "plain CNN", "SGD, learning rate 1e-5, dropout, 15 epochs",
        accuracy="91.65", sensitivity="91.5", precision="92.5", f1="91.75",
    ),
    PublishedRow(
        "D2", None, "c_nmc", "AlexNet", "as D1",
        accuracy="94.6", sensitivity="94.5", precision="94.5", f1="94.5",
    ),
    PublishedRow(
        "D3", None, "c_nmc", "VGG-16", "fixed feature extractor under a softmax, else as D1",
        accuracy="97.44", sensitivity="97.5", precision="97.5", f1="97.5",
    ),
    PublishedRow(
        "E1", 2023, "taleqani", "CNN", "2,592 / 322 / 328 pictures",
        remark="lowest of the study's three on every metric; printed as a figure only",
    ),
    PublishedRow(
        "E2", 2023, "taleqani", "VGG-16", "as E1",
        accuracy="94", sensitivity="82", specificity="68", precision="86",
    ),
    PublishedRow(
        "E3", 2023, "taleqani", "Inception v3", "as E1",
        sensitivity="84", specificity="76", remark="accuracy below that of VGG-16",
    ),
)  # fmt: skip


def published_row(row: str) -> PublishedRow:
    """The row of that name.

    Raises:
        KeyError: when no study has such a row.
    """
    for candidate in ROWS:
        if candidate.row == row:
            return candidate
    raise KeyError(row)
