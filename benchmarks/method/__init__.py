"""`make bench-method`: the effect of co-learning by data set, sensor and method."""
