"""Parts of the About page."""

import importlib.metadata
import platform
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from leuko import __version__
from leuko.labels import class_title
from leuko.models.store import InstalledModel, Inventory
from leuko.ui.shell.escape import plain

LIBRARIES = ("torch", "torchvision", "timm", "grad-cam", "streamlit", "pillow", "scikit-learn")

INTENDED_USE = """
Leuko helps a pathologist to look at blood-cell images with the eyes of several neural networks:
each suggests a class, shows where in the picture the evidence lay, and is shown beside the errors
it made on images it had never seen. It is made for research and teaching, for comparing models, and
for preparing questions. Every suggestion is to be read by a person who can judge the image.
"""

NOT_FOR = """
- It is **not a medical device**, and no diagnosis may rest on it.
- A model knows the classes it was trained on and nothing else. Given any other cell, stain, lesion
  or object, it still answers with one of its classes.
- Each model reads one kind of picture (whole fields, single-cell crops, or segmented cells on
  black). On another kind its answer means nothing: a picture that Leuko takes for another kind gets
  no class and counts in no figure unless you insist.
- Pictures from another microscope, stain or laboratory are harder than the test set: expect more
  errors than the figures say.
- A probability is the model's, not the patient's: it does not know how common the disease is among
  your patients.
- A heatmap (Grad-CAM) shows which coarse regions raised a class's score. It is no outline of a
  cell, no proof of a reason, and its scale belongs to the one picture.
"""

GATES = """
Before a class is shown, Leuko asks whether the picture is of the kind that the model reads; a model
with gates also asks whether its quality and its look are those of the training pictures and whether
the answer is a single class at a stated coverage. Where not, it refers the picture to a
haematologist. The gates compare a picture with the pictures that they were fitted on. They do not
know whether a confident answer is right, they miss some unusual pictures and hold back some good
ones, and their promises need not hold for another laboratory until they are fitted on its pictures.
How often each model's gates were right on test pictures stands on the Performance page.
"""

PRIVACY = """
Images stay on the machine that runs this application, in a temporary file without a name. They are
gone when you remove them, and, with all results, a few minutes after you close this tab. Nothing
else is written unless you download it, nothing is sent to anyone, and no usage statistics are
gathered.
"""


def show_purpose() -> None:
    """What it is, and what it is not."""
    use, limits = st.columns(2, gap="large")
    use.subheader("What it is for")
    use.markdown(INTENDED_USE)
    use.subheader("Where your images go")
    use.markdown(PRIVACY)
    limits.subheader("What it is not")
    limits.markdown(NOT_FOR)
    limits.subheader("When it does not answer")
    limits.markdown(GATES)


def show_data(inventory: Inventory) -> None:
    """Where the pictures behind the models come from, and under which terms."""
    st.subheader("Data and licences")
    if not inventory.models:
        st.info("No model is installed, so there is no data set to name.")
        return
    for models in _by_dataset(inventory).values():
        card = models[0].card
        with st.expander(plain(f"{card.dataset.title}: {card.input.kind.plural}"), expanded=False):
            st.markdown(
                f"{card.dataset.images:,} pictures in {len(card.classes)} classes: "
                + plain(", ".join(class_title(name) for name in card.classes))
                + ".  \n"
                f"Source: {plain(card.dataset.source)}.  \n"
                f"Terms of the pictures: {plain(card.dataset.licence)}."
            )
            for note in card.dataset.notes:
                st.markdown(f"- {plain(note)}")


def _by_dataset(inventory: Inventory) -> dict[str, list[InstalledModel]]:
    found: dict[str, list[InstalledModel]] = {}
    for model in inventory.models:
        found.setdefault(model.card.dataset.id, []).append(model)
    return found


def show_models(models: Sequence[InstalledModel]) -> None:
    """What is installed, where its weights came from, and how to tell one file from another."""
    if not models:
        return
    st.subheader("Installed models")
    st.dataframe(
        pd.DataFrame(
            {
                "Model": [m.card.title for m in models],
                "Network": [m.card.architecture.name for m in models],
                "Started from": [m.card.training.initialisation for m in models],
                "Trained": [m.card.training.finished for m in models],
                "Licence of the weights": [
                    m.card.weights.licence if m.card.weights else "results only" for m in models
                ],
                "sha256": [m.card.weights.sha256[:16] if m.card.weights else "" for m in models],
            }
        ),
        hide_index=True,
    )


def show_versions() -> None:
    """Versions of the program and of what it stands on."""
    st.subheader("Versions")
    rows = {"leuko": __version__, "Python": platform.python_version()}
    for name in LIBRARIES:
        try:
            rows[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            rows[name] = "not installed"
    st.dataframe(pd.DataFrame([rows]), hide_index=True)
    st.caption("Leuko is free software under the Apache License 2.0.")
