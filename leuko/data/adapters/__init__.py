"""One module a published data set."""
