"""Trainings in the background: one run of an algorithm, the training under way, the split on the map."""
