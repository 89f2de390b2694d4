"""What is written survives every terminal, pipe and disk."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from leuko.cli import models as models_command
from leuko.cli import output
from leuko.cli.main import main
from tests import ROOT, drawn
from tests.made_models import make_model_folder

WORDS = "Zellen – Größe, 白血球, 🔬"
TITLE = f"{WORDS} red"  # control characters in a title refuse the card
ENCODINGS = ("ascii", "cp1252", "cp437", "utf-8", "utf-16")


@pytest.fixture
def titled(tmp_path):
    """A folder of models whose one title is hard to write."""
    root = tmp_path / "models"
    make_model_folder(root, "made", title=TITLE)
    return root


@pytest.fixture
def written(monkeypatch):
    """Runs a command whose streams are of an encoding; gives code and what was written."""

    def command(encoding, *words):
        streams = [io.TextIOWrapper(io.BytesIO(), encoding, errors="strict") for _ in range(2)]
        monkeypatch.setattr(sys, "stdout", streams[0])
        monkeypatch.setattr(sys, "stderr", streams[1])
        code = main([str(word) for word in words])
        for stream in streams:
            stream.flush()
        return code, *(stream.buffer.getvalue().decode(encoding) for stream in streams)

    return command


@pytest.fixture
def umlauts(tmp_path):
    """A picture whose name no Western code page holds."""
    file = tmp_path / "Größe 白 🔬.png"
    file.write_bytes(drawn.encode(drawn.draw_crop(1, True, 64), "PNG"))
    return file


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_models_are_listed_in_every_encoding_and_what_it_lacks_is_escaped(
    written, titled, encoding
):
    code, out, err = written(encoding, "models", "--weights", titled)
    assert (code, err) == (0, "")
    assert out.split()[0] == "made"
    shown = WORDS.encode(encoding, "backslashreplace").decode(encoding)
    assert shown in out


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_is_valid_and_equal_in_every_encoding(written, titled, encoding):
    code, out, _ = written(encoding, "models", "--json", "--weights", titled)
    assert code == 0
    assert json.loads(out)[0]["title"] == TITLE


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_predict_answers_a_name_that_the_terminal_cannot_write(written, weights, umlauts, encoding):
    words = ("predict", "--model", "tiny", "--weights", weights, "--device", "cpu", umlauts)
    code, out, _ = written(encoding, *words)
    assert code == 0
    shown = str(umlauts).encode(encoding, "backslashreplace").decode(encoding)
    assert out.startswith(f"{shown}: Model suggests")
    code, out, _ = written(encoding, *words, "--json")
    assert json.loads(out)["file"] == str(umlauts)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_report_goes_to_every_encoding_and_into_its_file_as_utf_8(
    written, titled, tmp_path, encoding
):
    code, out, _ = written(encoding, "report", "--weights", titled)
    assert code == 0
    assert "published" in out
    code, out, _ = written(encoding, "report", "--json", "--weights", titled)
    assert code == 0
    assert json.loads(out)
    target = tmp_path / "Größe.md"
    assert written(encoding, "report", "--weights", titled, "--output", target)[0] == 0
    assert "–" in target.read_text(encoding="utf-8")


other_encodings = pytest.mark.parametrize(
    ("encoding", "environment"),
    [
        ("cp1252", {"PYTHONIOENCODING": "cp1252"}),
        ("ascii", {"PYTHONIOENCODING": "ascii"}),
        ("ascii", {"PYTHONIOENCODING": "ascii:strict"}),
        ("ascii", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    ],
    ids=["cp1252", "ascii", "ascii-strict", "locale-c"],
)
"""What a process writes in, and the environment that makes it so."""


def run_in(environment, *words):
    """Run a command in a process of its own, which must succeed; gives the bytes that it wrote."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, "-m", "leuko", *map(str, words)]
    done = subprocess.run(
        command, cwd=ROOT, env=bare | environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    return done.stdout


@other_encodings
def test_a_process_of_another_encoding_loses_no_answer(weights, umlauts, encoding, environment):
    words = ["predict", "--model", "tiny", "--device", "cpu", "--weights", weights]
    answers = run_in(environment, *words, umlauts, umlauts).decode(encoding).splitlines()
    assert len(answers) == 2
    assert all("Model suggests" in answer for answer in answers)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("command", ["models", "report"])
def test_a_process_of_another_encoding_writes_the_same_list_and_report(titled, command, encoding):
    words, environment = [command, "--weights", titled], {"PYTHONIOENCODING": encoding}
    whole = run_in({"PYTHONIOENCODING": "utf-8"}, *words).decode()
    assert (WORDS if command == "models" else "0.83–0.97") in whole
    assert run_in(environment, *words) == whole.encode(encoding, "backslashreplace")
    assert json.loads(run_in(environment, *words, "--json").decode(encoding))


def _started(*words, **options):
    command = [sys.executable, "-m", "leuko", *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, **options)


def test_a_reader_that_has_had_enough_ends_the_command_quietly_with_the_code_of_sigpipe(titled):
    process = _started("models", "--weights", titled, stdout=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("words", [["models"], ["models", "--json"], ["report"]])
def test_a_full_disk_behind_standard_output_is_one_sentence(titled, words):
    with (
        Path("/dev/full").open("wb") as full,
        _started(*words, "--weights", titled, stdout=full) as run,
    ):
        complaint = run.stderr.read().decode()
    assert run.returncode == 2
    assert complaint.startswith("leuko: Results cannot be written to standard output (No space")
    assert len(complaint.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no file descriptors to close")
def test_without_standard_output_the_command_says_so_before_it_computes(titled):
    done = subprocess.run(
        ["sh", "-c", '"$0" -m leuko models --weights "$1" >&-', sys.executable, str(titled)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("leuko: Standard output is closed")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no file descriptors to close")
def test_without_standard_error_results_are_written(titled):
    done = subprocess.run(
        ["sh", "-c", '"$0" -m leuko models --weights "$1" 2>&-', sys.executable, str(titled)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("made ")


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes with a name")
def test_ctrl_c_in_a_batch_leaves_what_was_computed_and_one_line(weights, umlauts, tmp_path):
    waiting = tmp_path / "never.png"
    os.mkfifo(waiting)
    words = ("--model", "tiny", "--device", "cpu", "--batch", 1, "--weights", weights)
    with _started("predict", "--json", *words, umlauts, waiting, stdout=subprocess.PIPE) as run:
        first = json.loads(run.stdout.readline())  # so the first is done, and the second waits
        run.send_signal(signal.SIGINT)
        rest, complaint = run.communicate()
    assert first["label"]
    assert (run.returncode, rest, complaint) == (130, b"", b"leuko: stopped.\n")


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x/y"), "There is no room for '/x/y'"),
        (OSError(errno.EFBIG, "File too large"), "There is no room (File too large)"),
        (
            FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"),
            "No folder for temporary files can be written",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "a\x1b[2J"), "'a\\x1b[2J' (Permission"),
        (MemoryError(), "The memory does not suffice"),
    ],
)
def test_what_the_machine_refuses_is_one_sentence_and_no_traceback(
    leuko, monkeypatch, problem, words
):
    def fail(_arguments):
        raise problem

    monkeypatch.setattr(models_command, "run", fail)
    done = leuko("models")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("leuko: ")
    assert words in done.err
    assert len(done.err.splitlines()) == 1


def test_wrong_words_cannot_steer_the_terminal(leuko):
    done = leuko("models", "--\x1b[2Jtypo")
    assert done.code == 2
    assert "\x1b" not in done.err
    assert "\\x1b[2Jtypo" in done.err


def test_a_file_that_cannot_be_written_whole_leaves_the_old_one(tmp_path, monkeypatch):
    target = tmp_path / "page.md"
    target.write_text("before")

    def full(path, data):
        with path.open("wb") as stream:
            stream.write(data[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(output.LeukoError, match=r"No space left on device.*after --write"):
        output.write_text(target, "afterwards", "--write")
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["page.md"]


def test_a_file_is_written_through_a_link_and_into_a_pipe(tmp_path):
    target, link = tmp_path / "page.md", tmp_path / "link.md"
    target.write_text("before")
    link.symlink_to(target)
    output.write_text(link, "after", "--write")
    assert link.is_symlink()
    assert target.read_text() == "after"
    output.write_text(Path(os.devnull), "nothing", "--write")
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain Größe 🔬", "plain Größe 🔬"),
        ("two\nlines\t\r", "two\\nlines\\t\\r"),
        ("\x1b[31m\x9b2J\x07", "\\x1b[31m\\x9b2J\\x07"),
        ("gnp.\u202ecod", "gnp.\\u202ecod"),
        ("نمی\u200cخواهم", "نمی\u200cخواهم"),
    ],
)
def test_characters_that_steer_a_terminal_are_escaped_and_all_others_stay(text, shown):
    assert output.harmless(text) == shown
