"""PatchCamelyon: 96 × 96 px patches of lymph-node sections, with or without metastasis.

Source: Veeling et al. (2018), Rotation equivariant CNNs for digital pathology, MICCAI; cut from
Camelyon16; CC0. 262,144 patches to train, 32,768 to validate and 32,768 to test; a patch is
``Tumour`` when its middle 32 × 32 px hold a tumour pixel.

It is tissue and no blood: networks learn on it first and are then transferred. It is published as
HDF5 files; ``scripts/export_pcam.py`` writes them out as ``{train,val,test}/{0,1}/NNNNNN.png``,
which is what this adapter reads. The published parts come from different slides: under ``grouped``
they are the sides of the split, whatever fractions a recipe names.
"""

from pathlib import Path
from types import MappingProxyType

from leuko.data.dataset import Dataset, Sample, found_in, hash_file, locate, without_litter
from leuko.errors import DatasetError
from leuko.labels import ClassSet, InputKind

ID = "pcam"
CLASSES = ClassSet(("Normal", "Tumour"), frozenset({"Tumour"}))
LABEL_OF = MappingProxyType({"0": "Normal", "1": "Tumour"})
PARTS = MappingProxyType({"train": 262_144, "val": 32_768, "test": 32_768})
SIDE_OF = MappingProxyType({"train": "train", "val": "validation", "test": "test"})
ADVICE = (
    "Get PatchCamelyon's HDF5 files (github.com/basveeling/pcam, or torchvision.datasets.PCAM) and "
    "write them out with 'python scripts/export_pcam.py FOLDER --out pcam'; the layout is "
    "pcam/{train,val,test}/{0,1}/*.png."
)


def read(data: Path) -> Dataset:
    """Read the exported patches.

    Args:
        data: the folder that holds ``train``, ``val`` and ``test``, or one that holds ``pcam``.

    Raises:
        DatasetError: when a part or a class of one is missing.
    """
    root = locate(data, (".", "pcam"), "train", ADVICE)
    samples: list[Sample] = []
    for part in PARTS:
        for digit, label in LABEL_OF.items():
            paths = without_litter((root / part / digit).glob("*.png"), root)
            if not paths:
                raise DatasetError(
                    f"'{root / part / digit}' holds no PNG files; found in '{root}': "
                    f"{found_in(root)}. {ADVICE}"
                )
            samples += [
                Sample(f"{part}/{digit}/{path.name}", path, label, part, hash_file(path))
                for path in paths
            ]
    whole = sum(PARTS.values())
    notes = ["Tissue, no blood: a model trained here is a starting point for transfer only."]
    if len(samples) < whole:
        notes.insert(0, f"Only {len(samples):,} of the {whole:,} published patches.")
    return Dataset(
        id=ID,
        title="PatchCamelyon" + (" (subset)" if len(samples) < whole else ""),
        kind=InputKind.TISSUE,
        classes=CLASSES,
        samples=tuple(sorted(samples, key=lambda sample: sample.image_id)),
        group_meaning="published part (train, val or test; parts come from different slides)",
        sequential=False,
        licence="CC0",
        source="Veeling et al., MICCAI 2018; Camelyon16",
        notes=tuple(notes),
        official_sides=SIDE_OF,
    )
