"""What is downloaded: tables as CSV, pictures and heatmaps as PNG and ZIP."""
