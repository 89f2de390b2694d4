"""The command that fits the gates of an installed model again."""

import shlex

from leuko.models.card import ModelCard

USUAL_COVERAGE = 0.9


def calibrate_command(card: ModelCard) -> str:
    """The words to type so that the gates of a model are fitted and measured, for a shell.

    Args:
        card: of the model. Where its gates were fitted on a laboratory's own pictures, so says
            the command, and where they state another coverage than usual as well.

    Returns:
        One line with FOLDER in the place of the folder of the pictures.
    """
    words = ["python", "-m", "leuko", "calibrate", card.id, "--data", "FOLDER"]
    if card.gates is not None and card.gates.fitted_on.own:
        words.append("--own")
    if card.gates is not None and card.gates.coverage != USUAL_COVERAGE:
        words += ["--coverage", f"{card.gates.coverage:g}"]
    return shlex.join(words)
