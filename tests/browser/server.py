"""The application as a process of its own, started as a user starts it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 180
STOP_SECONDS = 20


@dataclass(frozen=True)
class Server:
    """A running application.

    Attributes:
        address: of its first page, ending in a slash.
        log: file of everything it prints.
        process: its id.
    """

    address: str
    log: Path
    process: int


@contextmanager
def running_application(root: Path, port: int | None = None, **settings: str) -> Iterator[Server]:
    """Start ``app.py`` with the shipped models on a port of this machine, and end it.

    Args:
        root: the repository.
        port: None for one that is free.
        settings: variables of its environment.

    Raises:
        RuntimeError: with what it printed, when it does not start.
    """
    port = free_port() if port is None else port
    environment = {name: value for name, value in os.environ.items() if name != "LEUKO_WEIGHTS"}
    environment.update(settings)
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log.txt").open("wb") as output:
        log = Path(output.name)
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py",
             "--server.address", "127.0.0.1", "--server.port", str(port),
             "--server.headless", "true"],
            cwd=root, env=environment, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            _wait_until_up(f"http://127.0.0.1:{port}/_stcore/health", process, log)
            yield Server(f"http://127.0.0.1:{port}/", log, process.pid)
        finally:
            _end(process)


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Look again and again until something is true.

    Raises:
        AssertionError: naming it, when it does not come true for very long.
    """
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.2)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until_open(port: int) -> None:
    """Wait until something listens on a port of this machine.

    Raises:
        RuntimeError: when nothing does.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"Nothing listens on port {port}.")


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"The application did not start:\n{log.read_text(errors='replace')}")
