"""Small drawn sets of single cells in the layouts of the public ones of several laboratories."""

from pathlib import Path

import numpy as np
from PIL import Image

from tests import drawn
from tests.made_data import make_all_idb2, make_bccd, make_wbc_segmentation

SIDE_PX = 72
ACEVEDO = {
    "neutrophil": ("SNE", "BNE", "NEUTROPHIL"),
    "eosinophil": ("EO",),
    "basophil": ("BA",),
    "lymphocyte": ("LY",),
    "monocyte": ("MO",),
    "ig": ("PMY", "MY", "MMY", "IG"),
    "erythroblast": ("ERB",),
    "platelet": ("PLATELET",),
}
MUNICH = (
    "BAS", "EBO", "EOS", "KSC", "LYA", "LYT", "MMZ", "MOB", "MON", "MYB", "MYO", "NGB", "NGS",
    "PMB", "PMO",
)  # fmt: skip
"""All published folders."""
ATTRIBUTES = {
    "cell_size": "big",
    "cell_shape": "round",
    "nucleus_shape": "segmented-multilobed",
    "nuclear_cytoplasmic_ratio": "low",
    "chromatin_density": "densely",
    "cytoplasm_vacuole": "no",
    "cytoplasm_texture": "clear",
    "cytoplasm_colour": "light blue",
    "granule_type": "coarse",
    "granule_colour": "purple",
    "granularity": "yes",
}


def make_acevedo(root: Path, per_class: int = 2, seed: int = 0) -> Path:
    """``PBC_dataset_normal_DIB/<folder>/<PREFIX>_<number>.jpg`` below a folder."""
    number = 10_000 + 1_000 * seed
    for folder, prefixes in ACEVEDO.items():
        for prefix in prefixes:
            for _ in range(per_class):
                number += 1
                file = root / "PBC_dataset_normal_DIB" / folder / f"{prefix}_{number}.jpg"
                file.parent.mkdir(parents=True, exist_ok=True)
                pixels = drawn.draw_crop(number, False, SIDE_PX)
                file.write_bytes(drawn.encode(pixels, "JPEG", quality=95))
    return root


def make_munich(root: Path, per_class: int = 2, kind: str = "tiff") -> Path:
    """``AML-Cytomorphology_LMU/<CODE>/<CODE>_<number>.tiff`` below a folder."""
    number = 30_000
    for code in MUNICH:
        folder = root / "AML-Cytomorphology_LMU" / code
        folder.mkdir(parents=True)
        for place in range(1, per_class + 1):
            number += 1
            pixels = drawn.draw_crop(number, code in ("MYO", "MOB"), SIDE_PX)
            format_name = {"tiff": "TIFF", "jpg": "JPEG"}[kind]
            (folder / f"{code}_{place:04d}.{kind}").write_bytes(drawn.encode(pixels, format_name))
    return root


def yolo_line(
    kind: int, left: int, top: int, right: int, bottom: int, size: tuple[int, int]
) -> str:
    """One box of TXL-PBC: class, middle and size in fractions of the picture."""
    width, height = size
    numbers = (
        (left + right) / 2 / width,
        (top + bottom) / 2 / height,
        (right - left) / width,
        (bottom - top) / height,
    )
    return f"{kind} " + " ".join(f"{number:.6f}" for number in numbers)


def add_txl(root: Path, name: str, pixels, boxes, side: str = "train") -> Path:
    """One picture of TXL-PBC with its boxes (class, left, top, right, bottom), pixels."""
    file = root / "TXL_PBC" / "images" / side / f"{name}.jpg"
    labels = root / "TXL_PBC" / "labels" / side / f"{name}.txt"
    for folder in (file.parent, labels.parent):
        folder.mkdir(parents=True, exist_ok=True)
    file.write_bytes(drawn.encode(pixels, "JPEG", quality=95))
    size = (pixels.shape[1], pixels.shape[0])
    labels.write_text("\n".join(yolo_line(*box, size) for box in boxes) + "\n", encoding="utf-8")
    return file


def resized(pixels, width: int, height: int):
    """A picture at another size, uint8 (height, width, 3)."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(image.resize((width, height), Image.Resampling.LANCZOS))


def write_labels(root: Path, name: str, classes: dict[int, int], column: str = "class") -> Path:
    """The table of classes of wbc_segmentation, as published."""
    table = root / f"Class Labels of {name}.csv"
    rows = "".join(f"{number},{label}\n" for number, label in classes.items())
    table.write_text(f"image ID,{column}\n{rows}", encoding="utf-8")
    return table


def make_cells(root: Path) -> Path:
    """A folder of Acevedo, Munich, ALL-IDB2, wbc_segmentation and BCCD, all drawn."""
    make_acevedo(root / "acevedo_pbc")
    make_munich(root / "munich_aml")
    make_all_idb2(root / "all_idb2", per_class=4)
    make_wbc_segmentation(root / "wbc_segmentation", first=5, second=0)
    write_labels(root / "wbc_segmentation", "Dataset 1", {n: n for n in range(1, 6)})
    make_bccd(root / "bccd", fields=4)
    return root
