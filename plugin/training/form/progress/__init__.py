"""A run as the form shows it: curves, remaining time, result."""
