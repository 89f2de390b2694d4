"""Models that describe the morphology of a cell: card, store, network and weights."""
