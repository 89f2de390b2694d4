"""Where Chromium is on this machine."""

import os
import shutil

LAST_LINE = "Research use. Not a medical device."


def chromium_path() -> str | None:
    """Path of Chromium, or None: ``$LEUKO_CHROMIUM``, else what the system calls it."""
    return (
        os.environ.get("LEUKO_CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
