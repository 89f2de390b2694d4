"""How well the attributes of cells are told, beside how well two readers agree; no torch."""
