"""The card of a model that describes cells and was just trained."""

import datetime as dt
import hashlib
import importlib.metadata
from collections.abc import Sequence
from pathlib import Path

from leuko.data.adapters import acevedo_attributes
from leuko.data.adapters.acevedo_attributes import DescribedCell
from leuko.models.attributes.card import (
    AttributeFacts,
    AttributesCard,
    AttributesInput,
    SidesFacts,
    SizeFacts,
    TrunkFacts,
    ValueFacts,
)
from leuko.models.attributes.weights import save_attribute_weights
from leuko.models.card import WEIGHTS_FILE
from leuko.models.facts import DatasetFacts, TrainingFacts, WeightsFacts
from leuko.training.attributes.fit import FittedAttributes
from leuko.training.attributes.recipe import AttributesRecipe
from leuko.training.attributes.sides import KNOWN, TEST, TRAIN, VALIDATION
from leuko.training.card_writer import LIBRARIES, WEIGHTS_LICENCE


def first_card(
    recipe: AttributesRecipe,
    described: Sequence[DescribedCell],
    fitted: FittedAttributes,
    size: SizeFacts,
    initialisation: str,
    folder: Path,
) -> AttributesCard:
    """Save the weights into a folder and make the card that tells of them.

    Temperatures, limits of what is said and novelty come later.
    """
    sha256, n_bytes = save_attribute_weights(fitted.network, folder / WEIGHTS_FILE)
    divided = sorted((cell.image_id, cell.side) for cell in described)
    count = {s: sum(cell.side == s for cell in described) for s in acevedo_attributes.SIDES}
    return AttributesCard(
        id=recipe.id,
        title=recipe.title,
        trunk=TrunkFacts(
            library="timm",
            name=recipe.network.name,
            parameters=sum(p.numel() for p in fitted.network.parameters()),
        ),
        attributes=tuple(
            AttributeFacts(name=name, values=tuple(ValueFacts(value=v) for v in values))
            for name, values in KNOWN.items()
        ),
        right_share=recipe.training.right_share,
        input=AttributesInput(
            side_px=recipe.input.side_px,
            mean=recipe.input.mean,
            std=recipe.input.std,
            steps=recipe.input.steps,
            size=size,
        ),
        dataset=DatasetFacts(
            id=acevedo_attributes.ID,
            title="WBCAtt, attributes of Acevedo PBC",
            images=len(described),
            licence="MIT (attributes), CC BY 4.0 (pictures)",
            source="Tsutsui et al. 2023, NeurIPS Datasets and Benchmarks; Acevedo et al. 2020",
            notes=(
                "Normal leukocytes of one hospital and one scanner: no blast, no immature cell.",
                "No patient id is published: cells of one patient may stand in training and test.",
            ),
        ),
        sides=SidesFacts(
            sha256=hashlib.sha256(repr(divided).encode()).hexdigest(),
            train=count[TRAIN],
            validation=count[VALIDATION],
            test=count[TEST],
        ),
        training=TrainingFacts(
            recipe=_recorded(recipe),
            initialisation=initialisation,
            epochs=len(fitted.history),
            best_epoch=fitted.best_epoch,
            seconds=round(fitted.seconds, 1),
            device=fitted.device,
            library_versions={name: importlib.metadata.version(name) for name in LIBRARIES},
            finished=dt.datetime.now(dt.UTC).date().isoformat(),
        ),
        weights=WeightsFacts(sha256=sha256, bytes=n_bytes, licence=WEIGHTS_LICENCE),
    )


def _recorded(recipe: AttributesRecipe) -> dict[str, object]:
    """The recipe as stored: a starting file by name and without its folder."""
    record: dict[str, object] = recipe.model_dump(mode="json")
    kind, _, argument = recipe.network.initialisation.partition(":")
    if kind == "file":
        network = recipe.network.model_dump(mode="json")
        record["network"] = {**network, "initialisation": f"file:{Path(argument).name}"}
    return record
