"""Large pages are asked for, freed memory is given back, a user's own choice stays."""

import os
import subprocess
import sys

import pytest

from leuko.imaging.budget import _glibc
from leuko.inference.allocator import VARIABLE, ask_for_huge_pages, give_back


def test_they_are_asked_for_where_nobody_chose(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    ask_for_huge_pages()
    assert os.environ[VARIABLE] == "1"


def test_a_users_choice_stays(monkeypatch):
    monkeypatch.setenv(VARIABLE, "0")
    ask_for_huge_pages()
    assert os.environ[VARIABLE] == "0"


@pytest.mark.parametrize(
    "lines",
    [
        "from leuko.cli.main import main; main(['models', '--json'])",
        "from leuko.models.store import list_models\n"
        "from leuko.workbench.model_pool import ModelPool\n"
        "ModelPool().get(list_models().offered()[0])",
    ],
)
def test_command_line_and_application_ask_before_the_first_tensor(lines):
    # PyTorch looks once, so the variable must be there when it is imported.
    watch = (
        "import builtins, os, sys\n"
        "real = builtins.__import__\n"
        "def watched(name, *rest, **more):\n"
        "    if name.partition('.')[0] == 'torch' and 'torch' not in sys.modules:\n"
        f"        assert os.environ.get('{VARIABLE}') == '1', 'too late'\n"
        "        print('in time', file=sys.stderr)\n"
        "    return real(name, *rest, **more)\n"
        "builtins.__import__ = watched\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    done = subprocess.run(
        [sys.executable, "-c", f"{watch}{lines}\nimport torch"],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "in time" in done.stderr


KEEP_AND_FREE = """
import ctypes, sys
from leuko.inference.allocator import give_back

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

library = ctypes.CDLL(None)
library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
blocks = [library.malloc(60_000) for _ in range(2000)]  # 120 MB, too small for maps of their own
for block in blocks:
    ctypes.memset(block, 1, 60_000)
for block in blocks[:-1]:  # the last one keeps the heap from shrinking by itself
    library.free(block)
held = resident()
print(give_back(), held - resident())
"""


def test_what_was_freed_is_given_back():
    done = subprocess.run(
        [sys.executable, "-c", KEEP_AND_FREE], capture_output=True, text=True, check=True
    )
    given, less = done.stdout.split()
    assert given == "True"
    assert int(less) > 100_000_000


def test_another_c_library_is_left_alone(monkeypatch, request):
    request.addfinalizer(_glibc.cache_clear)  # asked for once in a process
    _glibc.cache_clear()
    monkeypatch.setattr("platform.libc_ver", lambda: ("", ""))
    assert give_back() is False
