"""Repeats what once felled the program: dear files, damaged files, a restart."""
