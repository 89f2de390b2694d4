"""How probabilities and thresholds are written, on every page and in every table."""

THRESHOLD_DECIMALS = 2
SURE_ABOVE, UNSURE_BELOW = 0.995, 0.005


def probability_text(value: float) -> str:
    """A probability with two decimals that never claims certainty: "> 0.99", "< 0.01"."""
    if value >= SURE_ABOVE:
        return "> 0.99"
    if value < UNSURE_BELOW:
        return "< 0.01"
    return f"{value:.2f}"


def threshold_text(threshold: float) -> str:
    """A threshold with two decimals, or with as many as it needs."""
    rounded = round(threshold, THRESHOLD_DECIMALS)
    return f"{threshold:.{THRESHOLD_DECIMALS}f}" if threshold == rounded else f"{threshold:.12g}"
