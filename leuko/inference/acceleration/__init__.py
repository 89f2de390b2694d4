"""What makes a pass fast and changes no suggestion."""
