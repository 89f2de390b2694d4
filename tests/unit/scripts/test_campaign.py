"""The campaign of memory and damage in its small version."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_small_campaign_holds():
    found = subprocess.run(
        [sys.executable, "-m", "scripts.campaign", "--small"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout + found.stderr
    assert "MORE THAN RECKONED" not in found.stdout
    assert "0 sound ones refused" in found.stdout
    assert "6 sessions at once" in found.stdout
