"""Learning: training one network, and scores with their intervals."""
