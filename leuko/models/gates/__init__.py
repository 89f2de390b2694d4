"""When a model defers to a person, as its card stores it."""
