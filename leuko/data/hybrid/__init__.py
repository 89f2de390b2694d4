"""One data set of single cells over the data sets of several laboratories."""
