"""How a probability is written on every page."""

SURE_ABOVE, UNSURE_BELOW = 0.995, 0.005


def probability_text(value: float) -> str:
    """A probability with two decimals that never claims certainty: "> 0.99", "< 0.01"."""
    if value >= SURE_ABOVE:
        return "> 0.99"
    if value < UNSURE_BELOW:
        return "< 0.01"
    return f"{value:.2f}"
