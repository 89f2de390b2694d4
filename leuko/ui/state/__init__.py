"""What a session owns and what the server shares."""
