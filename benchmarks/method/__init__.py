"""`make bench-method`: what training together brings, on which data, for which sensor, by which method."""
