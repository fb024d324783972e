"""The speed benchmark (`make bench`): everything in its table of targets, in one interleaved run."""
