"""Models and raters on the same pictures."""
