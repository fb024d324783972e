"""Learning: the training loop, its schedule, scores and their intervals."""
