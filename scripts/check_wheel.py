"""Check that the package installs: what the wheel holds, and that its program runs elsewhere.

    python scripts/check_wheel.py

Builds the wheel from a copy of the checkout, so that nothing old from ``build/`` slips in, and
installs it into a fresh virtual environment that borrows the packages of the running one: PyTorch
is not fetched again. The checks run in a folder that has nothing to do with the checkout. Takes
about half a minute; returns 0, or 1 with a sentence on the first thing that does not hold.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
import zipfile
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[1]
MODEL = "e1-cnn-taleqani"
TOP_LEVEL = ("app.py", "pyproject.toml", "README.md", "LICENSE", "requirements*.txt")
NEVER_PACKED = ("__pycache__", "*.pyc")
ENOUGH_MODELS = 2


class CheckError(Exception):
    """Something about the package does not hold; the text says what."""


def main() -> int:
    """Run all checks."""
    with tempfile.TemporaryDirectory(prefix="leuko-wheel-") as name:
        work = Path(name)
        try:
            checkout = copy_checkout(work / "checkout")
            wheel = build_wheel(checkout, work / "wheels")
            check_content(wheel)
            environment = Environment(work / "environment", work / "elsewhere")
            environment.install(str(wheel))
            check_program(environment)
            for words in ([str(checkout)], ["-e", str(checkout)]):
                environment.install(*words)
                check_checkout_is_found(environment, words)
        except CheckError as problem:
            print(f"check_wheel: {problem}", file=sys.stderr)
            return 1
    print("check_wheel: the wheel is complete, and the installed program works.")
    return 0


def copy_checkout(folder: Path) -> Path:
    """The checkout without what earlier builds left; tests and weights are links."""
    ignored = shutil.ignore_patterns(*NEVER_PACKED)
    shutil.copytree(ROOT / "leuko", folder / "leuko", ignore=ignored)
    for pattern in TOP_LEVEL:
        for path in ROOT.glob(pattern):
            shutil.copy2(path, folder)
    for linked in ("tests", "weights", "pages", "scripts", "recipes"):
        (folder / linked).symlink_to(ROOT / linked)
    return folder


def build_wheel(checkout: Path, folder: Path) -> Path:
    """Build as pip does for every user."""
    run([sys.executable, "-m", "pip", "wheel", "-q", str(checkout), "--no-deps", "-w", str(folder)])
    wheels = list(folder.glob("leuko-*.whl"))
    if len(wheels) != 1:
        raise CheckError(f"expected one wheel, found {[path.name for path in wheels]}")
    return wheels[0]


def check_content(wheel: Path) -> None:
    """Every file of the package and its data is in the wheel, and nothing else is."""
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    below = (ROOT / "leuko").rglob("*")
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in below
        if path.is_file() and path.suffix != ".pyc"
    }
    missing = sorted(wanted - packed)
    if missing:
        raise CheckError(
            f"the wheel lacks {', '.join(missing)}: name them in [tool.setuptools.package-data]"
        )
    extra = sorted(name for name in packed - wanted if ".dist-info/" not in name)
    if extra:
        raise CheckError(f"the wheel holds what is no part of the package: {', '.join(extra)}")
    data = sum(not name.endswith(".py") for name in wanted)
    print(f"check_wheel: {wheel.name} holds {len(wanted)} files, {data} of them data.")


class Environment:
    """A fresh virtual environment that finds the other packages of the running one.

    Args:
        folder: to make it in.
        elsewhere: where programs run; no checkout is above it.
    """

    def __init__(self, folder: Path, elsewhere: Path) -> None:
        venv.create(folder, with_pip=False, symlinks=os.name != "nt")
        scripts = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = scripts / Path(sys.executable).name
        self.program = scripts / "leuko"
        self.elsewhere = elsewhere
        elsewhere.mkdir()
        places = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        own = self.run_python("import sysconfig; print(sysconfig.get_path('purelib'))").strip()
        # Lines of a .pth come after the environment's own folder: its own leuko is found first.
        (Path(own) / "borrowed.pth").write_text("\n".join(sorted(places)) + "\n", encoding="utf-8")

    def install(self, *words: str) -> None:
        """``pip install`` without dependencies, in the place of what is installed."""
        pip = [sys.executable, "-m", "pip", "--python", str(self.python)]
        run([*pip, "install", "-q", "--no-deps", "--force-reinstall", *words])

    def run_python(self, program: str) -> str:
        """Standard output of a Python program."""
        return self._run([str(self.python), "-c", program]).stdout

    def leuko(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run the installed program and insist on its exit status."""
        return self._run([str(self.program), *words], code)

    def _run(self, words: list[str], code: int = 0) -> subprocess.CompletedProcess[str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("LEUKO_") and name != "PYTHONPATH"
        }
        return run(words, code, cwd=self.elsewhere, env=kept)


def check_program(environment: Environment) -> None:
    """The program of the wheel lists and asks the models of a folder, and says what it lacks."""
    where = environment.run_python("import leuko; print(leuko.__file__)").strip()
    if not Path(where).is_relative_to(environment.python.parents[1]):
        raise CheckError(f"another leuko than the installed one is imported: {where}")
    if "predict" not in environment.leuko("--help").stdout:
        raise CheckError("'leuko --help' does not name the commands")
    weights = str(ROOT / "weights")
    if MODEL not in environment.leuko("models", "--weights", weights).stdout:
        raise CheckError(f"'leuko models --weights {weights}' does not list {MODEL}")
    picture = draw_cell(environment.elsewhere / "cell.png")
    asked = ["predict", picture, "--model", MODEL, "--anyway", "--device", "cpu"]
    answer = json.loads(environment.leuko(*asked, "--weights", weights, "--json").stdout)
    if "probabilities" not in answer:
        raise CheckError(f"'leuko predict' gave no probabilities: {answer}")
    for words in (asked, ["predict", picture]):
        said = environment.leuko(*words, code=2).stderr
        if "--weights" not in said or "LEUKO_WEIGHTS" not in said or "Traceback" in said:
            raise CheckError(f"without weights 'leuko predict' does not say what to do: {said}")


def check_checkout_is_found(environment: Environment, words: list[str]) -> None:
    """Installed from a checkout, the program finds the models there without being told."""
    lines = environment.leuko("models").stdout.splitlines()
    if len(lines) < ENOUGH_MODELS:
        raise CheckError(f"after 'pip install {' '.join(words)}' no model of the checkout is found")


def draw_cell(path: Path) -> str:
    """A purple cell on a pale ground."""
    image = Image.new("RGB", (224, 224), (236, 226, 232))
    drawing = ImageDraw.Draw(image)
    drawing.ellipse((50, 50, 174, 174), (190, 150, 205))
    drawing.ellipse((70, 66, 160, 160), (92, 52, 134))
    image.save(path)
    return str(path)


def run(
    words: list[str], code: int = 0, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program.

    Raises:
        CheckError: with all that it said, when its exit status is not ``code``.
    """
    done = subprocess.run(  # noqa: S603  our own words only
        words, capture_output=True, text=True, check=False, cwd=cwd, env=env
    )
    if done.returncode != code:
        raise CheckError(
            f"'{' '.join(words)}' ended with {done.returncode}, not {code}:\n"
            f"{done.stdout}{done.stderr}"
        )
    return done


if __name__ == "__main__":
    sys.exit(main())
