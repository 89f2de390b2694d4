"""What went wrong in a server, out of what it printed.

Usage: python -m tests.browser.server_log FILE
"""

import re
import sys
from pathlib import Path

_LEFT_EARLY = re.compile(
    r"Exception in ASGI application\n"
    r"(?:Traceback \(most recent call last\):\n(?:[ \t].*\n)+"
    r"starlette\.websockets\.WebSocketDisconnected: .*\n"
    r"(?:\n(?:During handling|The above exception).*\n\n)?)+"
)
"""Streamlit's server prints this when a browser closes its connection before it is accepted."""


def without_early_leavers(printed: str) -> str:
    """What a server printed, less what it prints when a visitor leaves before the page is there."""
    return _LEFT_EARLY.sub("", printed)


def main() -> int:
    printed = Path(sys.argv[1]).read_text(encoding="utf-8", errors="replace")
    if "Traceback" in without_early_leavers(printed):
        sys.stdout.write(printed)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
