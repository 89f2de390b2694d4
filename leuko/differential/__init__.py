"""The differential count: cells of fields, a reader's changes, per cent, flags, agreement."""
