"""The verdict on one picture, from everything that is known about it."""
