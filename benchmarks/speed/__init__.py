"""The benchmark of speed (`make bench`): everything in its table of targets, in one interleaved run."""
