"""The grammar of the command line: every command with its options, nothing of what they do."""

import argparse
from pathlib import Path
from typing import NoReturn

from leuko import __version__
from leuko.cli.output import harmless
from leuko.inference.heatmaps.methods import Method

COVERAGES, COVERAGE = (0.8, 0.9, 0.95), 0.9
"""As in ``leuko.models.gates.thresholds``, which takes long to import."""
TARGETS = (100, 200, 500)
"""As in ``leuko.differential.differential``."""
MOST = 100_000
"""Pictures, epochs and folds that may be asked for in one number."""


class Parser(argparse.ArgumentParser):
    """Grammar whose complaints hold no character that steers a terminal."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words, on standard error, and end with code 2."""
        super().error(harmless(message))


def build_parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    parser = Parser(
        prog="leuko",
        description="Leukemia cell-image workbench. Research use; not a medical device.",
    )
    parser.add_argument("--version", action="version", version=f"leuko {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    _add_predict(commands)
    _add_count(commands)
    models = commands.add_parser("models", help="list the installed models")
    _common(models, device=False)

    _add_train(commands)
    evaluate = commands.add_parser("evaluate", help="recompute a model's test predictions")
    evaluate.add_argument("model", metavar="MODEL", help="see 'leuko models'")
    evaluate.add_argument("--data", type=_path, required=True, help="folder of the data set")
    evaluate.add_argument("--batch", type=_positive, default=16, help="pictures a pass")
    evaluate.add_argument(
        "--write-card",
        action="store_true",
        help="also record whether bfloat16 gives the same answers",
    )
    evaluate.add_argument(
        "--write-validation",
        action="store_true",
        help="also put the predictions on validation pictures into the model folder",
    )
    _common(evaluate)

    _add_explain_report(commands)
    _add_calibrate(commands)

    audit = commands.add_parser("audit", help="copies, crossing groups, shortcuts of a data set")
    audit.add_argument("dataset", metavar="DATASET", help="such as taleqani, all_idb2 or c_nmc")
    audit.add_argument("--data", type=_path, required=True, help="folder of the data set")
    audit.add_argument("--policy", choices=("paper", "grouped"), help="by default both")
    audit.add_argument("--recipe", type=_path, metavar="FILE", help="divide as this recipe does")
    audit.add_argument(
        "--write-card", metavar="MODEL", help="put the audit into the card of a trained model"
    )
    _common(audit, device=False)

    report = commands.add_parser("report", help="published figures beside ours, or one model")
    report.add_argument("--output", type=_path, metavar="FILE", help="write the report there")
    report.add_argument(
        "--model", metavar="ID", help="a printable HTML report of this model; needs --output"
    )
    _common(report, device=False)

    _add_measurements(commands)
    return parser


def _add_measurements(commands: "argparse._SubParsersAction[Parser]") -> None:
    cells = commands.add_parser(
        "measure-cells", help="how well cells are found, against boxes and hand-drawn masks"
    )
    cells.add_argument("--data", type=_path, required=True, help="folder of the data sets")
    cells.add_argument(
        "--twins", type=_path, metavar="FOLDER",
        help="networks by train-finder --without NAME, as without_NAME.onnx; without them, what "
        "was measured with them before is kept",
    )  # fmt: skip
    cells.add_argument("--write", type=_path, metavar="FILE", help="write the page there")
    cells.add_argument(
        "--figures", type=_path, metavar="FILE", help="write the figures there, as JSON"
    )
    cells.add_argument("--json", action="store_true", help="one JSON object a line")

    finder = commands.add_parser("train-finder", help="train the network that finds leukocytes")
    finder.add_argument("--data", type=_path, required=True, help="folder of the data sets")
    finder.add_argument(
        "--write", type=_path, required=True, metavar="FILE",
        help="network as ONNX; a record of it goes beside it",
    )  # fmt: skip
    finder.add_argument(
        "--without", nargs="+", default=[], metavar="NAME",
        help="laboratories to leave out, to measure on them",
    )  # fmt: skip
    finder.add_argument("--steps", type=_positive, default=900, help="of the optimiser")
    finder.add_argument("--seed", type=_positive, default=1, help="of weights and windows")

    kinds = commands.add_parser(
        "measure-kinds", help="how often the kind of a picture is recognised"
    )
    kinds.add_argument("--data", type=_path, required=True, help="folder of the data sets")
    kinds.add_argument(
        "--others", type=_path, nargs="+", default=[], metavar="FOLDER",
        help="pictures that are no blood, one collection a folder",
    )  # fmt: skip
    kinds.add_argument(
        "--drawings", type=_positive, default=150, metavar="N", help="drawings a family"
    )
    kinds.add_argument("--fit", action="store_true", help="fit anew, into the package")
    kinds.add_argument("--write", type=_path, metavar="FILE", help="write the page there")
    kinds.add_argument("--json", action="store_true", help="one JSON object a line")


def _add_predict(commands: "argparse._SubParsersAction[Parser]") -> None:
    predict = commands.add_parser("predict", help="suggest a class for image files")
    predict.add_argument("files", nargs="+", type=_path, metavar="FILE", help="image or ZIP")
    predict.add_argument("--model", metavar="ID", help="see 'leuko models'")
    predict.add_argument("--heatmaps", type=_path, metavar="DIR", help="write overlays as PNG")
    predict.add_argument(
        "--anyway", action="store_true", help="read pictures of another kind than the model's too"
    )
    predict.add_argument(
        "--method",
        choices=[method.value for method in Method],
        default=Method.GRAD_CAM.value,
        help="how heatmaps are computed; score-cam takes minutes a picture",
    )
    predict.add_argument(
        "--layer",
        metavar="NAME",
        help="layer they are read from, or 'finer'; the card's if left out",
    )
    predict.add_argument("--batch", type=_positive, default=16, help="pictures a pass")
    _common(predict)


def _add_count(commands: "argparse._SubParsersAction[Parser]") -> None:
    count = commands.add_parser("count", help="find, class and count the leukocytes of fields")
    count.add_argument("files", nargs="+", type=_path, metavar="FILE", help="image or ZIP")
    count.add_argument("--model", metavar="ID", help="one that reads cells; see 'leuko models'")
    count.add_argument("--csv", type=_path, metavar="FILE", help="write the differential there")
    count.add_argument(
        "--overlay", type=_path, metavar="DIR", help="write the fields with outlined cells as PNG"
    )
    count.add_argument(
        "--anyway", action="store_true", help="count in pictures that look like no blood too"
    )
    count.add_argument(
        "--target", type=int, choices=TARGETS, default=TARGETS[0], help="leukocytes to be counted"
    )
    count.add_argument(
        "--patient", choices=("adult", "child"), help="whose limits flags use; both if left out"
    )
    _common(count)


def _add_train(commands: "argparse._SubParsersAction[Parser]") -> None:
    train = commands.add_parser("train", help="train and install the model of a recipe")
    train.add_argument("recipe", type=_path, help="a file of recipes/")
    train.add_argument("--data", type=_path, required=True, help="folder of the data set")
    train.add_argument(
        "--policy", choices=("paper", "grouped"), help="another split policy; is added to the id"
    )
    train.add_argument(
        "--initialisation", metavar="WHAT", help="imagenet, scratch, file:PATH or leuko:MODEL"
    )
    train.add_argument("--folds", type=_positive, metavar="N", help="cross-validate instead")
    train.add_argument("--id", metavar="ID", help="install under another name")
    train.add_argument(
        "--results-only", action="store_true", help="keep card and predictions, no weights"
    )
    train.add_argument(
        "--left-out",
        action="store_true",
        help="also train a twin without each laboratory and keep what it says of it",
    )
    train.add_argument("--epochs", type=_positive, help="another number of epochs")
    train.add_argument("--runs", type=_path, default=Path("runs"), help="checkpoints and logs")
    train.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    _common(train, json=False)


def _add_explain_report(commands: "argparse._SubParsersAction[Parser]") -> None:
    explain = commands.add_parser(
        "explain-report", help="measure how far a model's heatmaps can be trusted"
    )
    explain.add_argument("model", metavar="MODEL", help="see 'leuko models'")
    explain.add_argument("--data", type=_path, required=True, help="folder of the data set")
    explain.add_argument(
        "--images", type=_positive, default=48, metavar="N", help="test pictures; 48 by default"
    )
    _common(explain)


def _add_calibrate(commands: "argparse._SubParsersAction[Parser]") -> None:
    calibrate = commands.add_parser(
        "calibrate", help="fit when a model defers to a person, and put it into its card"
    )
    calibrate.add_argument("model", metavar="MODEL", help="see 'leuko models'")
    calibrate.add_argument("--data", type=_path, required=True, help="folder of the data set")
    calibrate.add_argument(
        "--own",
        action="store_true",
        help="the folder holds your own labelled pictures: a folder a class, or tables of labels",
    )
    calibrate.add_argument(
        "--coverage",
        type=float,
        choices=COVERAGES,
        default=COVERAGE,
        help=f"stated coverage of the sets that are shown; {COVERAGE} by default",
    )
    _common(calibrate)


def _common(parser: argparse.ArgumentParser, *, device: bool = True, json: bool = True) -> None:
    parser.add_argument("--weights", type=_path, metavar="DIR", help="folder of the models")
    if device:
        parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1 or mps")
    if json:
        parser.add_argument("--json", action="store_true", help="one JSON object a line")


def _positive(text: str) -> int:
    value = int(text) if text.isdecimal() else 0
    if not 1 <= value <= MOST:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MOST}, found {text!r}")
    return value


def _path(text: str) -> Path:
    if not text:  # such as a variable that is not set; as a path it would mean this folder
        raise argparse.ArgumentTypeError("is an empty name: name a file or a folder")
    return Path(text)
