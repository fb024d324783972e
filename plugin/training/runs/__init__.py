"""Trainings in the background: one run of an algorithm, the current training, the preview of the split."""
