import subprocess
import sys

import pytest

from leuko import __version__
from leuko.cli import models
from leuko.cli.grammar import build_parser
from tests.made_models import make_model_folder


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["diagnose"],
        ["predict"],
        ["predict", "a.png", "--batch", "0"],
        ["predict", "a.png", "--batch", "many"],
        ["predict", "a.png", "--batch", "9" * 30],
        ["predict", "a.png", "--batch", "²"],
        ["predict", ""],
        ["predict", "a.png", "--weights", ""],
        ["predict", "a.png", "--heatmaps", ""],
        ["evaluate"],
        ["evaluate", "tiny"],
        ["train", "recipe.toml"],
        ["train", "recipe.toml", "--data", ".", "--policy", "random"],
        ["models", "--colour"],
    ],
)
def test_wrong_words_end_with_code_2_and_say_how_on_standard_error(leuko, words):
    done = leuko(*words)
    assert done.code == 2
    assert done.out == ""
    assert "usage: leuko" in done.err


@pytest.mark.parametrize("words", [["--help"], ["predict", "--help"], ["train", "--help"]])
def test_help_is_a_result(leuko, words):
    done = leuko(*words)
    assert done.code == 0
    assert "usage: leuko" in done.out
    assert done.err == ""


def test_the_version_is_a_result(leuko):
    done = leuko("--version")
    assert (done.code, done.out) == (0, f"leuko {__version__}\n")


def test_the_help_says_that_this_is_no_medical_device():
    assert "not a medical device" in build_parser().format_help()


def test_ctrl_c_ends_with_code_130_and_one_sentence(leuko, monkeypatch):
    def stop(_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(models, "run", stop)
    done = leuko("models")
    assert (done.code, done.out, done.err) == (130, "", "leuko: stopped.\n")


def test_the_package_itself_is_the_program(tmp_path):
    make_model_folder(tmp_path, "made")
    command = [sys.executable, "-m", "leuko", "models", "--weights", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == "made"
