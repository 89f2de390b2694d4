"""Whether the application comes up, and again after it was ended."""

import urllib.request
from pathlib import Path

from tests.browser.server import running_application


def comes_up(root: Path) -> bool:
    """Start the application on a free port, ask for its health and its page, and end it.

    Args:
        root: the repository.
    """
    try:
        with running_application(root) as server:
            health = _text(f"{server.address}_stcore/health")
            return health == "ok" and "<html" in _text(server.address)
    except RuntimeError as problem:
        print(problem)
        return False


def _text(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310  our own server
        return str(answer.read().decode())
