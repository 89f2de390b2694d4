"""Figures and findings for people: charts, tables, sentences, printable reports."""
