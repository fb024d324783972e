"""A run as the form shows it: curves, time left, what came of it."""
