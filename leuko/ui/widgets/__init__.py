"""Charts, tables and downloads as widgets."""
