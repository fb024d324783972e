"""One training: data, batches, schedule, checkpoints, the trained network."""
