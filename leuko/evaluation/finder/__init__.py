"""How well leukocytes are found: against boxes, against hand-drawn masks, by count, by time."""
