"""Small data sets of drawn pictures in the layouts of the public ones."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests import drawn

SIDE_PX = 64
TALEQANI_BLOCKS = 9
ALL_IDB2_PER_CLASS = 16
C_NMC_SUBJECTS = {
    "all": ("11", "13", "20", "21", "30", "51", "75", "78"),
    "hem": ("H1", "H2", "H4", "H5", "H6", "H7", "H9", "H10", "h3"),
}


@dataclass(frozen=True)
class Trained:
    """A finished training: the model folder, its data, the run folder and what was said."""

    folder: Path
    data: Path
    run_folder: Path
    said: tuple[str, ...]


def make_taleqani(root: Path) -> Path:
    """``Original/<class>/WBC-…-NNN.jpg``: two files in each block of twenty numbers.

    In the class Pro the files 1 and 161 are copies of each other, in the first and the last block.
    """
    for place, label in enumerate(("Benign", "Early", "Pre", "Pro")):
        folder = root / "Original" / label
        folder.mkdir(parents=True)
        stem = f"WBC-{label}" if label == "Benign" else f"WBC-Malignant-{label}"
        for block in range(TALEQANI_BLOCKS):
            for number in (20 * block + 1, 20 * block + 20):
                pixels = drawn.draw_crop(number, label != "Benign", SIDE_PX)
                pixels[:4] = (place * 60, block * 20, number)  # no accidental copies
                file = folder / f"{stem}-{number:03d}.jpg"
                file.write_bytes(drawn.encode(pixels, "JPEG", quality=90))
    pro = root / "Original" / "Pro"
    shutil.copy(pro / "WBC-Malignant-Pro-001.jpg", pro / "WBC-Malignant-Pro-161.jpg")
    return root


def make_all_idb2(root: Path, per_class: int = ALL_IDB2_PER_CLASS) -> Path:
    """``img/ImNNN_1.tif`` and ``_0``; the last two healthy cells are byte-identical."""
    folder = root / "img"
    folder.mkdir(parents=True)
    for number in range(1, 2 * per_class + 1):
        sick = number <= per_class
        pixels = drawn.draw_crop(number, sick, SIDE_PX)
        file = folder / f"Im{number:03d}_{int(sick)}.tif"
        file.write_bytes(drawn.encode(pixels, "TIFF"))
    last = 2 * per_class
    shutil.copy(folder / f"Im{last - 1:03d}_0.tif", folder / f"Im{last:03d}_0.tif")
    (folder / "Thumbs.db").write_bytes(b"no picture")
    return root


def make_c_nmc(root: Path) -> Path:
    """Three folds of ``UID_<subject>_<image>_<cell>_<class>`` files, two cells a subject.

    One cell of subject 20 lies under subject 21 as well, in another fold, as in the release.
    """
    training = root / "C-NMC_Leukemia" / "training_data"
    place = 0
    for label, subjects in C_NMC_SUBJECTS.items():
        for subject in subjects:
            for cell in (1, 2):
                place += 1
                folder = training / f"fold_{place % 3}" / label
                folder.mkdir(parents=True, exist_ok=True)
                pixels = drawn.draw_segmented(place, label == "all", SIDE_PX)
                kind = "bmp" if place % 2 else "png"
                name = f"UID_{subject}_{cell}_1_{label}.{kind}"
                (folder / name).write_bytes(drawn.encode(pixels, kind.upper()))
    twin = next(training.glob("fold_*/all/UID_20_1_1_all.*"))
    other = next(training.glob("fold_*/all/UID_21_1_1_all.*"))
    other.unlink()
    shutil.copy(twin, other.with_suffix(twin.suffix))
    return root


def make_wbc_segmentation(root: Path, first: int = 4, second: int = 2) -> Path:
    """``Dataset 1/001.bmp`` with its mask ``001.png`` and so on, and the same in ``Dataset 2``."""
    for name, count, side_px in (("Dataset 1", first, 60), ("Dataset 2", second, 90)):
        folder = root / name
        if count:
            folder.mkdir(parents=True)
        for number in range(1, count + 1):
            pixels, mask = drawn.draw_crop_and_mask(number, bool(number % 2), side_px)
            grey = (mask.astype(int) * 128).clip(0, 255).astype("uint8")
            (folder / f"{number:03d}.bmp").write_bytes(drawn.encode(pixels, "BMP"))
            (folder / f"{number:03d}.png").write_bytes(drawn.encode(grey, "PNG"))
    return root


def make_bccd(root: Path, fields: int = 12, side_px: int = 96) -> Path:
    """``JPEGImages/BloodImage_NNNNN.jpg`` with a box around the middle in ``Annotations``."""
    (root / "JPEGImages").mkdir(parents=True)
    (root / "Annotations").mkdir()
    near, far = side_px // 3, 2 * side_px // 3
    box = f"<xmin>{near}</xmin><ymin>{near}</ymin><xmax>{far}</xmax><ymax>{far}</ymax>"
    for number in range(fields):
        pixels = drawn.draw_field(number, bool(number % 2), side_px)
        name = f"BloodImage_{number:05d}"
        file = root / "JPEGImages" / f"{name}.jpg"
        file.write_bytes(drawn.encode(pixels, "JPEG", quality=90))
        objects = "".join(
            f"<object>\n<name>{cell}</name>\n<bndbox>{box}</bndbox></object>"
            for cell in ("RBC", "WBC")
        )
        notes = root / "Annotations" / f"{name}.xml"
        notes.write_text(f"<annotation>{objects}</annotation>", encoding="utf-8")
    return root
