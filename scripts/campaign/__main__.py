"""Repeat the campaigns of memory, damage and restart, and print their figures.

Usage: PYTHONPATH=. python -m scripts.campaign [--small]

Exits with 1 where a picture took more memory than was reckoned, the sessions took more than they
may, a sound file was refused, or the application did not come back. Needs Linux; the pictures are
drawn, and with LEUKO_DATA real JPEGs are damaged as well.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from leuko.imaging.decoding.cost import decoding_cost
from leuko.imaging.decoding.decode import decode_image
from leuko.settings import DATA_VARIABLE, Limits
from scripts.campaign.damage import damaged, undamaged_refused
from scripts.campaign.dear_files import dear_files
from scripts.campaign.memory import MEGABYTE, peak_bytes
from scripts.campaign.restart import comes_up
from scripts.campaign.sessions import measured_sessions
from tests.drawn import draw_field, encode

ROOT = Path(__file__).resolve().parents[2]
SIDE_PX, SMALL_SIDE_PX = 2000, 700
SESSIONS, SMALL_SESSIONS = 20, 6
MOST_BYTES = 3 * 1024 * MEGABYTE
REAL_JPEGS, DRAWN_JPEGS, SMALL_DRAWN_JPEGS = 200, 60, 8
LARGEST = ("1-bit PNG", "progressive JPEG", "TIFF LZW", "animated WebP")
LARGEST_SIDE_PX = 5000


def main() -> int:
    """Run every step, one after the other, and say how it went."""
    parser = argparse.ArgumentParser(prog="python -m scripts.campaign")
    parser.add_argument("--small", action="store_true", help="small pictures, few, no restart")
    small = parser.parse_args().small
    steps: list[Callable[[], bool]] = [
        lambda: check_costs(SMALL_SIDE_PX if small else SIDE_PX),
        lambda: check_damage(SMALL_DRAWN_JPEGS if small else DRAWN_JPEGS),
        lambda: check_sessions(*(
            (SMALL_SIDE_PX, SMALL_SESSIONS) if small else (LARGEST_SIDE_PX, SESSIONS)
        )),
    ]  # fmt: skip
    if not small:
        steps.append(check_restart)
    fine = [step() for step in steps]
    return 0 if all(fine) else 1


def check_costs(side_px: int) -> bool:
    """Compare what each kind of file takes with what is reckoned from its header."""
    print(f"Decoding {side_px} x {side_px} pixels: measured and reckoned megabytes", flush=True)
    _warm_up()
    all_within = True
    boundless = Limits(max_decoding_bytes=1 << 50)
    for kind, data in dear_files(side_px).items():

        def decode(data: bytes = data, kind: str = kind) -> None:
            decode_image(data, kind, boundless)

        measured, reckoned = peak_bytes(decode), decoding_cost(data).peak_bytes
        within = measured <= reckoned
        all_within &= within
        remark = "" if within else "  MORE THAN RECKONED"
        print(
            f"  {kind:28}{measured / MEGABYTE:8.0f}{reckoned / MEGABYTE:8.0f}{remark}", flush=True
        )
    return all_within


def _warm_up() -> None:
    """Bring in what the decoders import, so that it is not counted."""
    for kind, data in dear_files(64).items():
        decode_image(data, kind, Limits())


def check_damage(drawn: int) -> bool:
    """Damage drawn and real JPEGs and count how many are refused."""
    files = {
        "drawn JPEGs": [
            encode(draw_field(seed, malignant=bool(seed % 2)), "JPEG", quality=75 + seed % 20)
            for seed in range(drawn)
        ]
    }
    data = os.environ.get(DATA_VARIABLE)
    if data and drawn == DRAWN_JPEGS:
        paths = sorted(Path(data).rglob("*.jp*g"))
        chosen = paths[:: max(1, len(paths) // REAL_JPEGS)]
        files["real JPEGs"] = [path.read_bytes() for path in chosen]
    fine = True
    for title, each in files.items():
        refused = undamaged_refused(each)
        fine &= refused == 0
        print(f"{len(each)} {title}, {refused} sound ones refused; damaged, refused of visible:")
        for name, found in damaged(each).items():
            print(f"  {name:20}{found.refused:4} of {found.visible}", flush=True)
    return fine


def check_sessions(side_px: int, sessions: int) -> bool:
    """Let sessions classify dear files at once with a shipped model, in a process of their own."""
    found = measured_sessions(dear_files(side_px, LARGEST), sessions)
    print(
        f"{sessions} sessions at once, {side_px} x {side_px} pixels: {found.answered} pictures "
        f"answered, {found.refused} refused, peak {found.peak_bytes / MEGABYTE:.0f} MB in all",
        flush=True,
    )
    return found.peak_bytes <= MOST_BYTES and found.answered > 0


def check_restart() -> bool:
    """Start the application, end it, and start it again on another port."""
    fine = all(comes_up(ROOT) for _ in range(2))
    print("The application came up twice." if fine else "The application did not come up.")
    return fine


if __name__ == "__main__":
    sys.exit(main())
