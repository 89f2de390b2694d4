"""Write PatchCamelyon out as PNG files, in the layout that the adapter ``pcam`` reads.

    python scripts/export_pcam.py FOLDER --out pcam [--every 10]

FOLDER holds ``pcam/camelyonpatch_level_2_split_{train,valid,test}_{x,y}.h5`` as published, the
layout of ``torchvision.datasets.PCAM``, which reads them here (it needs h5py; ``--download`` lets
it fetch them, about 8 GB, and needs gdown). The published parts train, val and test stay apart:
``OUT/{train,val,test}/{0,1}/NNNNNN.png``, where 1 is metastatic tissue. The numbers are the
positions in the published files. An interrupted export is taken up where it stopped.
"""

import argparse
import sys
from pathlib import Path

from torchvision.datasets import PCAM

PARTS = ("train", "val", "test")
DIGITS = 6


def main(words: list[str] | None = None) -> int:
    """Export every part; returns 0, or 2 when the published files are not there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="holds the folder pcam with the HDF5 files")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth patch")
    parser.add_argument("--download", action="store_true", help="fetch the files first")
    arguments = parser.parse_args(words)
    if arguments.every < 1:
        parser.error("--every must be 1 or more")
    for part in PARTS:
        try:
            published = PCAM(arguments.folder, split=part, download=arguments.download)
        except (RuntimeError, ModuleNotFoundError) as problem:
            print(
                f"{problem} Expected '{arguments.folder / 'pcam'}' to hold "
                "camelyonpatch_level_2_split_{train,valid,test}_{x,y}.h5 (github.com/basveeling/"
                "pcam); pip install h5py, and gdown for --download.",
                file=sys.stderr,
            )
            return 2
        written = export(published, arguments.out / part, arguments.every)
        print(f"{part}: {written:,} patches written")
    return 0


def export(published: PCAM, folder: Path, every: int = 1) -> int:
    """Write one part.

    Args:
        published: the part as torchvision reads it.
        folder: gets the folders ``0`` and ``1``.
        every: 1 for all patches, N for every Nth.

    Returns:
        How many files were written; those that were there are left alone.
    """
    for digit in ("0", "1"):
        (folder / digit).mkdir(parents=True, exist_ok=True)
    written = 0
    for index in range(0, len(published), every):
        name = f"{index:0{DIGITS}}.png"
        if any((folder / digit / name).exists() for digit in ("0", "1")):
            continue
        image, target = published[index]
        target_path = folder / str(target) / name
        unfinished = target_path.with_suffix(".part")
        image.save(unfinished, "PNG")
        unfinished.rename(target_path)
        written += 1
    return written


if __name__ == "__main__":
    sys.exit(main())
