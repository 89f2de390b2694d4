"""What a data set gives away: duplicates and shortcuts."""
