"""Small made sets in the layouts of the public ones that the real-image folder does not hold."""

import h5py
import numpy as np

from tests import drawn

SIDE_PX = 64
PRELIMINARY_CELLS = (
    ("57_29_1", "all", "1"),
    ("57_22_2", "all", "1"),
    ("71_31_3", "all", "1"),
    ("H49_35_1", "hem", "0"),
    ("H49_35_2", "hem", "0"),
    ("H30_1_1", "hem", "0"),
)
PCAM_FILES = {"train": "train", "val": "valid", "test": "test"}


def make_preliminary(root, *, suffix=".bmp"):
    """``validation_data`` of C-NMC: cells ``1.bmp`` … and the label table beside their folder."""
    validation = root / "C-NMC_Leukemia" / "validation_data"
    folder = validation / "C-NMC_test_prelim_phase_data"
    folder.mkdir(parents=True)
    lines = ["Patient_ID,new_names,labels"]
    for number, (cell, label, digit) in enumerate(PRELIMINARY_CELLS, 1):
        lines.append(f"UID_{cell}_{label}.bmp,{number}.bmp,{digit}")
        pixels = drawn.draw_segmented(number, label == "all", SIDE_PX)
        content = drawn.encode(pixels, suffix[1:].upper())
        (folder / f"{number}{suffix}").write_bytes(content)
    table = validation / "C-NMC_test_prelim_phase_data_labels.csv"
    table.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
    return root


def make_all_idb1(root, per_class=4):
    """``im/ImNNN_1.jpg`` and ``_0``, and ``xyc`` with the centres of the blasts."""
    (root / "im").mkdir(parents=True)
    (root / "xyc").mkdir()
    for number in range(1, 2 * per_class + 1):
        sick = number <= per_class
        content = drawn.encode(drawn.draw_field(number, sick, SIDE_PX), "JPEG")
        (root / "im" / f"Im{number:03d}_{int(sick)}.jpg").write_bytes(content)
        centres = f"{number}\t20\n30 \t{number}\n\n" if sick else ""
        (root / "xyc" / f"Im{number:03d}_{int(sick)}.xyc").write_text(centres, encoding="ascii")
    return root


def make_pcam_files(root, counts=(12, 6, 6)):
    """``pcam/camelyonpatch_level_2_split_*.h5`` as published: x (N, 96, 96, 3), y (N, 1, 1, 1)."""
    folder = root / "pcam"
    folder.mkdir(parents=True)
    generator = np.random.default_rng(0)
    for name, count in zip(PCAM_FILES.values(), counts, strict=True):
        start = folder / f"camelyonpatch_level_2_split_{name}"
        with h5py.File(f"{start}_x.h5", "w") as file:
            file["x"] = generator.integers(0, 255, (count, 96, 96, 3), dtype=np.uint8)
        with h5py.File(f"{start}_y.h5", "w") as file:
            file["y"] = (np.arange(count) % 2).astype(np.uint8).reshape(count, 1, 1, 1)
    return root
