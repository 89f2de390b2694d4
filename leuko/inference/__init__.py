"""A loaded model that predicts and explains in one pass."""
