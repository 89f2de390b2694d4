"""What the public C-NMC 2019 release consists of, and how a download compares with it.

The table beside this module is derived from the hashes of the whole release by
``scripts/make_c_nmc_table.py``; it holds facts about the files and none of the pictures.
"""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from leuko.data.dataset import found_in, hash_file, without_litter
from leuko.errors import DatasetError

RELEASE_FOLDER = "C-NMC_Leukemia"
PARTS = ("training_data", "validation_data", "testing_data")
TRAINING, PRELIMINARY, FINAL, LABELS = "training", "preliminary test", "final test", "labels"
TABLE_FILE = Path(__file__).with_name("c_nmc_release.csv.gz")
HASH_DIGITS = 16
COLUMNS = ("path", "part", "class", "subject", "group", "bytes", "sha256_start", "duplicate_of")
CONVERTED_SUFFIXES = (".png", ".tif", ".tiff")
ADVICE = (
    "Get C-NMC 2019 from The Cancer Imaging Archive (DOI 10.7937/tcia.2019.dc64i46r); the layout "
    "is C-NMC_Leukemia/{training_data,validation_data,testing_data}."
)


@dataclass(frozen=True)
class ReleaseFile:
    """One file as published.

    Attributes:
        path: below ``C-NMC_Leukemia``, with forward slashes.
        part: ``training fold_0`` to ``fold_2``, ``preliminary test``, ``final test`` or ``labels``
            (the label table of the preliminary test).
        label: ``ALL`` or ``HEM`` where the name says it, else empty.
        subject: id in capitals where the name says it, else empty.
        group: subject ids that share pictures, joined with ``+``; empty without a subject.
        n_bytes: size of the file.
        sha256_start: first 16 hexadecimal digits of its sha256.
        duplicate_of: path of the first file with the same bytes, else empty.
    """

    path: str
    part: str
    label: str
    subject: str
    group: str
    n_bytes: int
    sha256_start: str
    duplicate_of: str


@dataclass(frozen=True)
class Verification:
    """A download compared with the release; every path is below ``C-NMC_Leukemia``.

    Attributes:
        published: number of files of the release by part.
        intact: number of files with the published bytes by part.
        missing: published files that are not there in any format.
        altered: files with a published name and other bytes.
        extra: files that the release does not hold, or a second format of one that is there.
        converted: pictures under a published name in another lossless format; their bytes cannot
            be compared with the release.
    """

    published: Mapping[str, int]
    intact: Mapping[str, int]
    missing: tuple[str, ...]
    altered: tuple[str, ...]
    extra: tuple[str, ...]
    converted: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every file is there and has the published bytes, and nothing else is."""
        return not (self.missing or self.altered or self.extra or self.converted)

    def to_record(self) -> dict[str, object]:
        """As a plain record for JSON."""
        return {"complete": self.complete, **asdict(self)}


@cache
def release() -> Mapping[str, ReleaseFile]:
    """Every file of the release by path, 15,114 pictures and one label table."""
    with gzip.open(TABLE_FILE, "rt", encoding="utf-8", newline="") as stream:
        return {
            row["path"]: ReleaseFile(
                path=row["path"],
                part=row["part"],
                label=row["class"],
                subject=row["subject"],
                group=row["group"],
                n_bytes=int(row["bytes"]),
                sha256_start=row["sha256_start"],
                duplicate_of=row["duplicate_of"],
            )
            for row in csv.DictReader(stream)
        }


def release_root(data: Path) -> Path:
    """The folder that holds ``training_data``, ``validation_data`` or ``testing_data``.

    Args:
        data: that folder, or one that holds ``C-NMC_Leukemia`` or ``c_nmc``.

    Raises:
        DatasetError: when none of the three is found.
    """
    if not data.is_dir():
        raise DatasetError(f"No folder '{data}': give the folder of the data set. {ADVICE}")
    for candidate in (data, data / RELEASE_FOLDER, data / "c_nmc" / RELEASE_FOLDER):
        if any((candidate / part).is_dir() for part in PARTS):
            return candidate
    raise DatasetError(
        f"'{data}' holds none of {', '.join(PARTS)}; found: {found_in(data)}. {ADVICE}"
    )


def verify(data: Path, published: Mapping[str, ReleaseFile] | None = None) -> Verification:
    """Compare a download, or a part of one, with the release; reads every file once.

    Args:
        data: the set's folder, or one that holds it.
        published: what to compare with; by default the whole release.

    Raises:
        DatasetError: when there is no such folder.
    """
    published = release() if published is None else published
    root = release_root(data)
    here = dict(_files(root))
    intact: Counter[str] = Counter()
    missing, altered, converted = [], [], []
    for path, file in published.items():
        if path in here:
            if _is_intact(here.pop(path), file):
                intact[file.part] += 1
            else:
                altered.append(path)
            continue
        stem = PurePosixPath(path)
        other = next((s for s in CONVERTED_SUFFIXES if str(stem.with_suffix(s)) in here), None)
        if other is None or stem.suffix == ".csv":
            missing.append(path)
        else:
            converted.append(str(stem.with_suffix(other)))
            del here[converted[-1]]
    return Verification(
        published=dict(Counter(file.part for file in published.values())),
        intact=dict(intact),
        missing=tuple(missing),
        altered=tuple(altered),
        extra=tuple(sorted(here)),
        converted=tuple(converted),
    )


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    for part in PARTS:
        for path in without_litter((root / part).rglob("*"), root):
            if path.is_file():
                yield path.relative_to(root).as_posix(), path


def _is_intact(path: Path, file: ReleaseFile) -> bool:
    # A wrong size settles it without reading a file that a broken download left half written.
    return path.stat().st_size == file.n_bytes and hash_file(path).startswith(file.sha256_start)
