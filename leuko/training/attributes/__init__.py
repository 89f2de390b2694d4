"""From a recipe to a model that describes cells."""
