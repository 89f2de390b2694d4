"""Taleqani hospital B-ALL: 224 × 224 whole fields in four classes.

Source: Aria et al. (2021), Acute Lymphoblastic Leukemia (ALL) image dataset, Kaggle,
DOI 10.34740/KAGGLE/DSV/2175623; 3,256 fields of 89 patients. No patient id is published:
neighbouring file numbers come from the same session, so one group is a block of 20 file numbers.

Leakage and shortcuts: a scale bar is burnt in at the bottom right whose style differs by class
(cover it, see the recipe's ``mask_corner``), stain and background colour follow class, and the
class Pro holds byte-identical copies.
"""

import re
from pathlib import Path

from leuko.data.dataset import Dataset, Sample, found_in, hash_file, locate, without_litter
from leuko.errors import DatasetError
from leuko.labels import ClassSet, InputKind

ID = "taleqani"
CLASSES = ClassSet(("Benign", "Early", "Pre", "Pro"), frozenset({"Early", "Pre", "Pro"}))
BLOCK_FILES = 20
ADVICE = (
    "Get the public set 'Acute Lymphoblastic Leukemia (ALL) image dataset' "
    "(DOI 10.34740/KAGGLE/DSV/2175623); the layout is Original/{Benign,Early,Pre,Pro}/*.jpg."
)
JPEG_SUFFIXES = frozenset({".jpg", ".jpeg"})
_NUMBER = re.compile(r"-(\d+)\.jpe?g$", re.IGNORECASE)


def read(data: Path) -> Dataset:
    """Read the folder ``Original``; ``Segmented`` is not used.

    Args:
        data: the set's folder, ``Original`` itself, or a folder that holds ``taleqani``.

    Raises:
        DatasetError: when the folder or one of its classes is missing or a name has no number.
    """
    root = locate(data, ("Original", ".", "taleqani/Original"), "Benign", ADVICE)
    samples: list[Sample] = []
    for label in CLASSES.names:
        paths = [
            path
            for path in without_litter((root / label).glob("*"), root)
            if path.suffix.lower() in JPEG_SUFFIXES
        ]
        if not paths:
            raise DatasetError(
                f"'{root / label}' holds no numbered JPEG files; found in '{root}': "
                f"{found_in(root)}. {ADVICE}"
            )
        for path in paths:
            match = _NUMBER.search(path.name)
            if match is None:
                raise DatasetError(
                    f"'{path}' does not end in a file number (such as -001.jpg), by which "
                    f"neighbouring pictures are kept together: rename or remove it. {ADVICE}"
                )
            block = (int(match[1]) - 1) // BLOCK_FILES
            samples.append(
                Sample(
                    image_id=f"{label}/{path.name}",
                    path=path,
                    label=label,
                    group=f"{label}/{block * BLOCK_FILES + 1:04d}-{(block + 1) * BLOCK_FILES:04d}",
                    sha256=hash_file(path),
                )
            )
    return Dataset(
        id=ID,
        title="Taleqani ALL",
        kind=InputKind.FIELD,
        classes=CLASSES,
        samples=tuple(sorted(samples, key=lambda sample: sample.image_id)),
        group_meaning=f"block of {BLOCK_FILES} consecutive file numbers of one class",
        sequential=True,
        licence="public on Kaggle; pictures are not redistributed here",
        source="Aria et al. 2021, DOI 10.34740/KAGGLE/DSV/2175623",
        notes=(
            "One hospital, one microscope. No patient id is published; blocks of file numbers "
            "stand in for sessions, so one patient may still lie in two blocks.",
            "Stain and background colour follow the class: background colour alone separates "
            "the classes to a large part. The scale bar is covered before the network reads.",
        ),
    )
