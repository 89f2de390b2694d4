"""A training recipe: one TOML file that says everything a run depends on but the pictures."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from leuko.data.splitting.split import SplitPlan
from leuko.errors import RecipeError
from leuko.imaging.preprocessing.steps import FitSquare, Step, SubtractMeanImage
from leuko.labels import SplitPolicy
from leuko.models.card import Channels, Spreads
from leuko.models.records import Strict
from leuko.text_files import EncodingError, decode_text

IMAGENET_MEAN: Channels = (0.485, 0.456, 0.406)
IMAGENET_STD: Spreads = (0.229, 0.224, 0.225)
Share = Annotated[float, Field(gt=0, lt=1)]


class DataRecipe(Strict):
    """What to train on and how to divide it; see :class:`leuko.data.splitting.split.SplitPlan`."""

    dataset: str
    policy: SplitPolicy
    test: Share
    validation: Share
    seed: int = 0
    fold: int = Field(default=0, ge=0)
    folds: int | None = Field(default=None, ge=2)


class NetworkRecipe(Strict):
    """The network and its starting weights.

    Attributes:
        initialisation: ``imagenet`` (downloaded by timm or torchvision), ``file:PATH`` (a
            safetensors file), ``leuko:MODEL`` (trunk of an installed model) or ``scratch``.
        head: see :class:`leuko.models.card.Architecture`.
        trained: ``all`` weights, or the ``head`` alone on top of a fixed feature extractor.
        dropout: probability before the last layer.
    """

    library: Literal["timm", "torchvision", "leuko"]
    name: str
    head: Literal["published", "average"] = "published"
    trained: Literal["all", "head"] = "all"
    initialisation: Annotated[str, Field(pattern=r"^(imagenet|scratch|file:.+|leuko:.+)$")]
    dropout: float = Field(default=0.0, ge=0, lt=1)


class InputRecipe(Strict):
    """Preprocessing before normalisation, and the normalisation."""

    side_px: int = Field(ge=32, le=2048)
    steps: tuple[Step, ...] = ()
    mean: Channels = IMAGENET_MEAN
    std: Spreads = IMAGENET_STD


class AugmentationRecipe(Strict):
    """Random changes to training pictures; never to validation or test pictures.

    Attributes:
        flips: both flips and quarter turns, each with probability one half.
        rotation_degrees: further rotation, uniform in ± this.
        scale: (low, high) factor of size.
        brightness, contrast, saturation: factor uniform in 1 ± this.
        hue: shift uniform in ± this, as a fraction of the colour circle.
        shift: place uniform in ± this, in sides of the picture.
        stain: depth, colour and ground of the stain, as optical density, log-uniform in ± this.
        blur: share of pictures that are made coarser; as many as a seventh are sharpened.
        noise: largest standard deviation of noise, of the range of brightness.
    """

    flips: bool = False
    rotation_degrees: float = Field(default=0, ge=0, le=180)
    scale: tuple[float, float] = (1.0, 1.0)
    brightness: float = Field(default=0, ge=0, lt=1)
    contrast: float = Field(default=0, ge=0, lt=1)
    saturation: float = Field(default=0, ge=0, lt=1)
    hue: float = Field(default=0, ge=0, le=0.5)
    shift: float = Field(default=0, ge=0, le=0.5)
    stain: float = Field(default=0, ge=0, le=1)
    blur: float = Field(default=0, ge=0, le=0.85)
    noise: float = Field(default=0, ge=0, le=0.5)

    @property
    def disturbs(self) -> bool:
        """Whether batches are changed as from laboratory to laboratory."""
        return bool(self.shift or self.stain or self.blur or self.noise)


class TrainingRecipe(Strict):
    """The optimisation.

    Attributes:
        schedule: ``one_cycle`` up to ``learning_rate`` and down again, or ``constant``.
        oversample: show pictures of rarer classes repeatedly, so that all classes are shown
            equally often in an epoch; training pictures only.
        class_weights: weigh the loss by inverse class frequency of the training set.
        class_weight_power: to the power of this; 0.5 meets rare classes half-way.
        head_epochs: for this many epochs only the head learns, then all weights.
        early_stopping_epochs: stop after this many epochs without a better validation
            score; None trains all epochs.
        precision: ``auto`` takes bfloat16 where processor or GPU computes it, else float32.
    """

    epochs: int = Field(gt=0)
    batch_size: int = Field(gt=0)
    optimiser: Literal["adamw", "adam", "sgd"]
    learning_rate: float = Field(gt=0)
    momentum: float = Field(default=0.9, ge=0, lt=1)
    weight_decay: float = Field(default=0, ge=0)
    schedule: Literal["one_cycle", "constant"] = "one_cycle"
    label_smoothing: float = Field(default=0, ge=0, lt=1)
    oversample: bool = False
    class_weights: bool = False
    class_weight_power: float = Field(default=1.0, gt=0, le=1)
    head_epochs: int = Field(default=0, ge=0)
    early_stopping_epochs: int | None = Field(default=None, gt=0)
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    seed: int = 0


class Recipe(Strict):
    """One run from start to finish.

    Attributes:
        recommended: whether its model is offered before others of its kind of picture.
        threshold: ``half`` calls malignant what is so with one half or more; ``validation`` chooses
            the threshold by the sensitivity on validation pictures, as models of many classes need.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")]
    title: str
    study_row: str | None = None
    recommended: bool = False
    threshold: Literal["half", "validation"] = "half"
    data: DataRecipe
    network: NetworkRecipe
    input: InputRecipe
    augmentation: AugmentationRecipe = AugmentationRecipe()
    training: TrainingRecipe


def read_recipe(path: Path) -> Recipe:
    """Read and check a recipe.

    Raises:
        RecipeError: when the file is missing, no TOML, or breaks a rule; an unknown key is named
            together with the known ones.
    """
    try:
        raw = tomllib.loads(decode_text(path.read_bytes()))
    except FileNotFoundError:
        raise RecipeError(f"No recipe '{path}'; the shipped ones are in recipes/.") from None
    except EncodingError as problem:
        raise RecipeError(f"The recipe '{path}' cannot be read: {problem}.") from problem
    except OSError as problem:
        raise RecipeError(
            f"The recipe '{path}' cannot be read ({problem.strerror}): name a TOML file that may "
            "be read; the shipped ones are in recipes/."
        ) from problem
    except tomllib.TOMLDecodeError as problem:
        raise RecipeError(f"'{path}' is no TOML file: {problem}") from problem
    return parse_recipe(raw, path.name)


def parse_recipe(raw: dict[str, object], name: str) -> Recipe:
    """Check the content of a recipe.

    Args:
        raw: parsed TOML.
        name: what to call it in an error.

    Raises:
        RecipeError: naming the first broken rule.
    """
    try:
        return Recipe.model_validate(raw)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        known = ""
        if first["type"] == "extra_forbidden":
            model = _model_at(first["loc"][:-1])
            known = f" Known keys: {', '.join(model.model_fields)}." if model else ""
        raise RecipeError(f"{name}: '{where}': {first['msg']}.{known}") from problem


def _model_at(location: tuple[int | str, ...]) -> type[Strict] | None:
    sections: dict[str, type[Strict]] = {
        "data": DataRecipe,
        "network": NetworkRecipe,
        "input": InputRecipe,
        "augmentation": AugmentationRecipe,
        "training": TrainingRecipe,
    }
    if not location:
        return Recipe
    return sections.get(str(location[0])) if len(location) == 1 else None


def plan_of(recipe: Recipe) -> SplitPlan:
    """The split that a recipe asks for."""
    data = recipe.data
    return SplitPlan(
        data.policy.value, data.test, data.validation, data.seed, data.fold, data.folds
    )


def steps_of(recipe: Recipe) -> tuple[Step, ...]:
    """Preprocessing of a recipe, closed by the fit to its square.

    Raises:
        RecipeError: when the recipe fits to a square itself.
    """
    if any(isinstance(step, FitSquare) for step in recipe.input.steps):
        raise RecipeError("fit_square is added by itself from input.side_px: leave it out.")
    after = tuple(s for s in recipe.input.steps if isinstance(s, SubtractMeanImage))
    before = tuple(s for s in recipe.input.steps if not isinstance(s, SubtractMeanImage))
    return (*before, FitSquare(side_px=recipe.input.side_px), *after)
