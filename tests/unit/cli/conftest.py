"""A weights folder with a trained model, a made one and one of results only; a picture of each."""

import json
import shutil
from types import SimpleNamespace

import pytest

from leuko.cli.main import main
from tests import drawn
from tests.made_models import make_model_folder
from tests.made_networks import install, make_network


@pytest.fixture(scope="session")
def weights(trained, tmp_path_factory):
    """``tiny`` (crops, trained), ``fields`` (random) and ``results`` (no weights). Read only."""
    root = tmp_path_factory.mktemp("installed") / "weights"
    shutil.copytree(trained.folder, root / "tiny")
    install(make_network("timm", "test_efficientnet"), root, "fields", kind="field")
    make_model_folder(root, "results")
    return root


@pytest.fixture
def own_weights(weights, tmp_path):
    """A copy of :func:`weights` to change."""
    return shutil.copytree(weights, tmp_path / "own_weights")


@pytest.fixture
def leuko(capsys, monkeypatch, tmp_path):
    """Run one command; gives its exit code, standard output and standard error."""
    monkeypatch.setenv("LEUKO_WEIGHTS", str(tmp_path / "nothing installed"))

    def command(*words):
        capsys.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as stop:  # how argparse answers wrong words
            code = stop.code
        out, err = capsys.readouterr()
        return SimpleNamespace(code=code, out=out, err=err)

    return command


@pytest.fixture
def predict(leuko, weights):
    """Run ``predict --json``; gives exit code, parsed lines and standard error."""

    def command(*words, model="tiny"):
        chosen = ["--model", model] if model else []
        done = leuko("predict", "--json", "--weights", weights, "--device", "cpu", *chosen, *words)
        lines = [json.loads(line) for line in done.out.splitlines()]
        return SimpleNamespace(code=done.code, lines=lines, err=done.err)

    return command


@pytest.fixture
def pictures(tmp_path):
    """Three drawn crops on disk, of different sizes and formats."""
    files = []
    for number, kind, side_px in ((1, "PNG", 64), (2, "TIFF", 80), (3, "JPEG", 120)):
        file = tmp_path / f"cell {number}.{kind.lower()}"
        file.write_bytes(drawn.encode(drawn.draw_crop(number, number == 2, side_px), kind))
        files.append(file)
    return files
