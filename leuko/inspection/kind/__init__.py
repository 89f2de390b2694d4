"""What kind of picture it is: field, crop, segmented cell, no blood."""
