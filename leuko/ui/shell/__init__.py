"""What every page stands in: layout, footer, error boundary."""
