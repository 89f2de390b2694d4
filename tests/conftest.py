"""Fixtures that several packages of tests share: drawn data sets, small networks, real images."""

import copy
import os
from pathlib import Path

import numpy as np
import pytest

from tests import drawn, made_data

# The networks of these tests are so small that a second thread costs more than it gives. Read by
# torch, which nothing has imported yet.
os.environ.setdefault("OMP_NUM_THREADS", "1")

REAL_IMAGES_VARIABLE = "LEUKO_DATA"
REQUIRED_VARIABLE = "LEUKO_REQUIRE_REAL_IMAGES"
REQUIRED_BROWSER = "LEUKO_REQUIRE_BROWSER"
REAL_FOLDERS = ("taleqani/Original", "all_idb2/img", "c_nmc/C-NMC_Leukemia")

OPTIONS_OF_XDIST = ("--numprocesses", "--maxprocesses", "--dist")
TOGETHER = (
    "tests/browser/",  # one server, one Chromium
    "tests/unit/cli/",  # a weights folder
)


def pytest_addoption(parser, pluginmanager):
    """Without pytest-xdist (``-p no:xdist``) its options in pyproject.toml mean nothing."""
    if not pluginmanager.hasplugin("xdist"):
        for option in OPTIONS_OF_XDIST:
            parser.addoption(option, help="of pytest-xdist, which is switched off: no effect")


def pytest_sessionfinish(session):
    """Where the real images and the browser are required, nothing at all may be skipped."""
    if not {REQUIRED_VARIABLE, REQUIRED_BROWSER}.issubset(os.environ):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", ()) if reporter is not None else ()
    if skipped:
        reporter.write_line(f"{len(skipped)} skipped, but {REQUIRED_BROWSER} allows none", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """What shares something costly runs in one process: a server, a trained model, a module."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            module = nodeid.partition("::")[0]
            return next((name for name in TOGETHER if module.startswith(name)), module)

    return Scheduling(config, log)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Figures kept by an earlier run, or by the user's own application, never reach a test."""
    os.environ["LEUKO_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def real_images() -> Path:
    """The folder of the public data sets; without it the test is skipped, or fails where told."""
    named = os.environ.get(REAL_IMAGES_VARIABLE)
    root = Path(named) if named else None
    if root is None:
        missing = f"{REAL_IMAGES_VARIABLE} is not set: name the folder that holds the data sets"
    else:
        absent = [name for name in REAL_FOLDERS if not (root / name).is_dir()]
        missing = f"{REAL_IMAGES_VARIABLE}={root} lacks {', '.join(absent)}" if absent else ""
    if missing and os.environ.get(REQUIRED_VARIABLE) == "1":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    assert root is not None
    return root


@pytest.fixture(scope="session")
def _one_tiny_network():
    from tests import made_networks

    return made_networks.make_network("timm", "test_efficientnet", n_classes=3)


@pytest.fixture
def tiny_network(_one_tiny_network):
    """A small timm network with three classes and lively random weights; yours to change."""
    return copy.deepcopy(_one_tiny_network)


@pytest.fixture(scope="session")
def crops() -> list[np.ndarray]:
    """Drawn crops, malignant and healthy by turns, of 96 px."""
    return [drawn.draw_crop(seed, seed % 2 == 0, 96) for seed in range(6)]


@pytest.fixture(scope="session")
def taleqani_folder(tmp_path_factory) -> Path:
    """A made Taleqani set; see :func:`tests.made_data.make_taleqani`. Read only."""
    return made_data.make_taleqani(tmp_path_factory.mktemp("made") / "taleqani")


@pytest.fixture(scope="session")
def all_idb2_folder(tmp_path_factory) -> Path:
    """A made ALL-IDB2 set; see :func:`tests.made_data.make_all_idb2`. Read only."""
    return made_data.make_all_idb2(tmp_path_factory.mktemp("made") / "all_idb2")


@pytest.fixture(scope="session")
def c_nmc_folder(tmp_path_factory) -> Path:
    """A made C-NMC set; see :func:`tests.made_data.make_c_nmc`. Read only."""
    return made_data.make_c_nmc(tmp_path_factory.mktemp("made") / "c_nmc")


@pytest.fixture(scope="session")
def trained(tmp_path_factory, all_idb2_folder) -> made_data.Trained:
    """One model trained for two epochs on the made ALL-IDB2 set. Read only."""
    from leuko.training.run import train_model
    from tests.made_recipes import tiny_recipe

    root = tmp_path_factory.mktemp("trained")
    said: list[str] = []
    folder = train_model(
        tiny_recipe(),
        all_idb2_folder,
        root / "weights",
        root / "run",
        device="cpu",
        progress=False,
        say=said.append,
    )
    return made_data.Trained(folder, all_idb2_folder, root / "run", tuple(said))
