"""Train the network that finds leukocytes."""
