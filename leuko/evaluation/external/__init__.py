"""A laboratory's own labelled pictures."""
