"""A recipe for a model that describes cells: one TOML file that says all a run depends on."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from leuko.errors import RecipeError
from leuko.imaging.preprocessing.cell_cut import CutCell
from leuko.imaging.preprocessing.steps import FitSquare, Step
from leuko.models.card import Channels, Spreads
from leuko.models.records import Fraction, Positive, Strict
from leuko.text_files import EncodingError, decode_text
from leuko.training.recipe import IMAGENET_MEAN, IMAGENET_STD, NetworkRecipe

KIND = "attributes"
Width = Annotated[float, Field(ge=0, lt=1)]


class CellInput(Strict):
    """How cells are cut and sized.

    Attributes:
        side_px: side of the cut and of the square that the network reads, pixels.
        centre, reach, margin: see :class:`leuko.imaging.preprocessing.cell_cut.CutCell`.
        mean, std: of each channel.
        red_cell_px: diameter of red cells in the training pictures, pixels.
    """

    side_px: int = Field(ge=32, le=512)
    centre: Literal["nucleus", "cell"] = "nucleus"
    reach: Annotated[float, Field(ge=1, le=6)]
    margin: Fraction | None = None
    mean: Channels = IMAGENET_MEAN
    std: Spreads = IMAGENET_STD
    red_cell_px: Positive

    @property
    def cut(self) -> CutCell:
        """The step that cuts."""
        return CutCell(
            side_px=self.side_px, centre=self.centre, reach=self.reach, margin=self.margin
        )

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, as the card will list them."""
        return (self.cut, FitSquare(side_px=self.side_px))


class StainAugmentation(Strict):
    """Random changes to training cells that stand for other stains, optics and finders.

    Attributes:
        turns: any rotation and both reflections.
        scale: size, factor e^u with u uniform in ± this.
        shift: of the middle, in sides of the cut, uniform in ± this.
        stain: optical density of each channel and of all, factors e^u with u uniform in ± this.
        mixing: of channels' optical densities into each other, uniform in ± this.
        gamma: exponent e^u with u uniform in ± this.
        blurred, sharpened: shares of cells that are resampled coarsely, or sharpened.
        coarsest: smallest share of the side that the coarse resampling keeps.
        noise: standard deviation, uniform from 0 to this; white is 1.
    """

    turns: bool = True
    scale: Width = 0.15
    shift: Width = 0.04
    stain: Width = 0.15
    mixing: Width = 0.05
    gamma: Width = 0.15
    blurred: Fraction = 0.3
    sharpened: Fraction = 0.1
    coarsest: Annotated[float, Field(gt=0.1, lt=0.95)] = 0.5
    noise: Width = 0.02


class AttributesTraining(Strict):
    """The optimisation.

    Attributes:
        epochs: in a one-cycle schedule up to ``learning_rate`` and down again.
        class_weight_power: values of an attribute weigh (1 / frequency) to this power: 0 weighs
            all cells alike, 1 all values.
        size_hidden: share of training cells whose size is hidden from the heads, so that they
            learn to do without.
        size_error: factor e^u with u normal of this deviation on both diameters, as red cells
            of another picture would be measured differently.
        precision: ``auto`` takes bfloat16 where the processor computes it, else float32.
        right_share: share of what will be said that is to be right.
    """

    epochs: int = Field(gt=0, le=1000)
    batch_size: int = Field(gt=1, le=4096)
    learning_rate: Positive
    weight_decay: float = Field(default=0, ge=0)
    label_smoothing: Width = 0.0
    class_weight_power: Fraction = 0.5
    size_hidden: Fraction = 0.3
    size_error: Width = 0.06
    precision: Literal["auto", "float32"] = "auto"
    right_share: Annotated[float, Field(gt=0.5, lt=1)] = 0.9
    seed: int = 0


class AttributesRecipe(Strict):
    """One run from start to finish; the division is the official one of the data set."""

    kind: Literal["attributes"]
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")]
    title: str
    network: NetworkRecipe
    input: CellInput
    augmentation: StainAugmentation = StainAugmentation()
    training: AttributesTraining


SECTIONS: dict[str, type[Strict]] = {
    "network": NetworkRecipe,
    "input": CellInput,
    "augmentation": StainAugmentation,
    "training": AttributesTraining,
}


def is_attributes_recipe(path: Path) -> bool:
    """Whether a file says that it is a recipe of this kind; a file in disorder says nothing."""
    try:
        return tomllib.loads(decode_text(path.read_bytes())).get("kind") == KIND
    except (OSError, EncodingError, tomllib.TOMLDecodeError):
        return False


def read_attributes_recipe(path: Path) -> AttributesRecipe:
    """Read and check a recipe.

    Raises:
        RecipeError: when the file is missing, no TOML, or breaks a rule; an unknown key is named
            together with the known ones.
    """
    try:
        raw = tomllib.loads(decode_text(path.read_bytes()))
    except FileNotFoundError:
        raise RecipeError(
            f"No recipe '{path}'; the shipped ones are in recipes/attributes/."
        ) from None
    except (EncodingError, tomllib.TOMLDecodeError) as problem:
        raise RecipeError(f"'{path}' is no TOML file: {problem}.") from problem
    except OSError as problem:
        raise RecipeError(
            f"The recipe '{path}' cannot be read ({problem.strerror}): name a TOML file that may "
            "be read; the shipped ones are in recipes/attributes/."
        ) from problem
    return parse_attributes_recipe(raw, path.name)


def parse_attributes_recipe(raw: dict[str, object], name: str) -> AttributesRecipe:
    """Check the content of a recipe; ``name`` is what to call it in an error.

    Raises:
        RecipeError: naming the first broken rule.
    """
    try:
        recipe = AttributesRecipe.model_validate(raw)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = first["loc"]
        known = ""
        section = SECTIONS.get(str(place[0])) if len(place) > 1 else AttributesRecipe
        if first["type"] == "extra_forbidden" and section is not None:
            known = f" Known keys: {', '.join(section.model_fields)}."
        where = ".".join(str(part) for part in place)
        raise RecipeError(f"{name}: '{where}': {first['msg']}.{known}") from problem
    if recipe.network.library != "timm" or recipe.network.trained != "all":
        raise RecipeError(
            f"{name}: the network of an attribute model is one of timm, all of it trained: set "
            "library = 'timm' and trained = 'all'."
        )
    return recipe
