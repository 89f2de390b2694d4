"""Figures of cell models: laboratories left out, held-out cells, counts, finding the cells."""
