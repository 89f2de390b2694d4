"""Commands that train and measure the finder of leukocytes."""
