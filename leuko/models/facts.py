"""What a card tells of a model's origin: data set, split, training, weight file and audit."""

from typing import Annotated, Literal

from pydantic import Field

from leuko.labels import SplitPolicy
from leuko.models.records import LARGEST, Count, Fraction, Sha256, Strict, Total

LONGEST_SECONDS = 1e9
"""Thirty years."""


class SplitFacts(Strict):
    """How the pictures of the data set were divided, and proof of it.

    Attributes:
        policy: ``paper`` or ``grouped``.
        group_meaning: what one group is, such as "subject (joined)" or "block of 20 files".
        seed: seed of the random choices.
        sha256: hash of the sorted (picture, side) list; equal hashes mean equal splits.
        train, validation, test: numbers of pictures.
        test_groups: number of groups in the test set.
        left_out: pictures on no side (gaps between blocks).
        copies: byte-identical copies in the data set beyond the first of each.
        folds: number of folds whose test sets are pooled here; None for a single split. The
            sizes of the other sides are then means over the folds, the hash that of the first.
    """

    policy: SplitPolicy
    group_meaning: str
    seed: Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
    sha256: Sha256
    train: Count
    validation: Count
    test: Count
    test_groups: Count
    left_out: Count
    copies: Count
    folds: Count | None = None


class DatasetFacts(Strict):
    """The data set a model was trained and tested on.

    Attributes:
        id: name of its adapter.
        title: name for people.
        images: number of pictures found.
        licence: terms under which the pictures may be used.
        source: citation or identifier.
        notes: limits that every reader of a figure must know, one sentence each.
    """

    id: str
    title: str
    images: Total
    licence: str
    source: str
    notes: tuple[str, ...] = ()


class TrainingFacts(Strict):
    """How the weights came about.

    Attributes:
        recipe: the whole recipe as it was run.
        initialisation: where the starting weights came from, in words.
        epochs: epochs run.
        best_epoch: epoch (from 1) whose weights were kept, chosen on validation pictures.
        seconds: wall time.
        device: processor or GPU, and precision.
        library_versions: of torch, torchvision, timm, lightning.
        finished: date, ISO 8601.
    """

    recipe: dict[str, object]
    initialisation: str
    epochs: Total
    best_epoch: Total
    seconds: Annotated[float, Field(ge=0, le=LONGEST_SECONDS)]
    device: str
    library_versions: dict[str, str]
    finished: str


class WeightsFacts(Strict):
    """The weight file.

    Attributes:
        sha256: of ``model.safetensors``.
        bytes: its size.
        licence: terms under which the weights may be used.
        precision: how kernels are stored; predictions were made with the stored values.
    """

    sha256: Sha256
    bytes: Total
    licence: str
    precision: Literal["float32", "float16"] = "float32"


class AuditFacts(Strict):
    """What an audit found in the data set; ``python -m leuko audit`` shows all of it.

    Attributes:
        copies: byte-identical copies beyond the first of each picture.
        near_copies: pairs that look the same and differ in their bytes.
        near_copies_crossing: of these, the pairs that the split puts on two sides.
        groups_crossing: groups that the split puts on two sides; 0 under ``grouped``.
        examined: pictures looked at for near copies and shortcuts.
        chance: balanced accuracy of guessing.
        shortcuts: balanced accuracy of a guess from one shortcut alone, by its name;
            cross-validated under the policy of the split.
    """

    copies: Count
    near_copies: Count
    near_copies_crossing: Count
    groups_crossing: Count
    examined: Total
    chance: Fraction
    shortcuts: dict[str, Fraction]
