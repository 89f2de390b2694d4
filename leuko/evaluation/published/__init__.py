"""Studies and reproduction."""
