"""Make the table of the C-NMC 2019 release that the package ships.

    python scripts/make_c_nmc_table.py MANIFEST

MANIFEST is a CSV with the columns sha256, bytes and path for every file of the public release. The
table holds what follows from it and from the file names: no picture, no foreign code. Subjects
that share a byte-identical picture are joined here, by connected components; ``SAME_SUBJECT`` in
``leuko/data/adapters/c_nmc.py`` must say the same, and the script stops where it does not.

Of each sha256 the first 16 hexadecimal digits are kept. All 15,115 of them in full would make the
file over 500 kB; 64 bits still tell any damaged or mistaken file from the published one (a chance
of 1 in 10^19 a file), and proof against forgery is not what the table is for.
"""

import argparse
import csv
import gzip
import io
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from leuko.data.adapters.c_nmc import NAME, SAME_SUBJECT
from leuko.data.adapters.c_nmc_release import (
    COLUMNS,
    FINAL,
    HASH_DIGITS,
    LABELS,
    PRELIMINARY,
    RELEASE_FOLDER,
    TABLE_FILE,
    TRAINING,
)
from leuko.data.dataset import join_groups


def main() -> int:
    """Read the manifest, derive the table and write it into the package."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--out", type=Path, default=TABLE_FILE)
    arguments = parser.parse_args()
    with arguments.manifest.open(newline="", encoding="utf-8") as stream:
        files = sorted(csv.DictReader(stream), key=lambda file: file["path"])
    rows = table(files)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    packed = gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)
    arguments.out.write_bytes(packed)
    print(f"{arguments.out.name}: {len(rows):,} files, {len(packed):,} bytes")
    return 0


def table(files: list[dict[str, str]]) -> list[dict[str, str]]:
    """One row a file of the release, with what its name and the hashes tell."""
    first_of: dict[str, str] = {}
    subjects_of: defaultdict[str, list[str]] = defaultdict(list)
    rows = []
    for file in files:
        path = file["path"].removeprefix(f"{RELEASE_FOLDER}/")
        name = NAME.match(Path(path).name)
        subject = name[1].upper() if name else ""
        if subject:
            subjects_of[file["sha256"]].append(subject)
        first = first_of.setdefault(file["sha256"], path)
        rows.append(
            {
                "path": path,
                "part": part_of(path),
                "class": name[4].upper() if name else "",
                "subject": subject,
                "bytes": file["bytes"],
                "sha256_start": file["sha256"][:HASH_DIGITS],
                "duplicate_of": "" if first == path else first,
            }
        )
    if len({sha256[:HASH_DIGITS] for sha256 in first_of}) != len(first_of):
        sys.exit(f"Two files share the first {HASH_DIGITS} digits: keep more of them.")
    joined = join_groups(
        pair for same in subjects_of.values() for pair in pairwise(same) if pair[0] != pair[1]
    )
    if joined != join_groups(SAME_SUBJECT):
        sys.exit(f"SAME_SUBJECT must join {sorted(set(joined.values()))}.")
    return [row | {"group": joined.get(row["subject"], row["subject"])} for row in rows]


def part_of(path: str) -> str:
    """Part of the release that a path belongs to."""
    folder = Path(path).parts
    if folder[0] == "training_data":
        return f"{TRAINING} {folder[1]}"
    if path.endswith(".csv"):
        return LABELS
    return PRELIMINARY if folder[0] == "validation_data" else FINAL


if __name__ == "__main__":
    sys.exit(main())
