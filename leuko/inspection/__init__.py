"""What is seen in a picture without a network."""
