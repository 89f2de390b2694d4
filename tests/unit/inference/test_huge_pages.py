"""Large pages are asked for, and a user's own choice stays."""

import os
import subprocess
import sys

import pytest

from leuko.inference.huge_pages import VARIABLE, ask_for_huge_pages


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
        "from leuko.ui.loaders import ModelPool, list_models\n"
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
