"""Scores, their intervals, calibration, the population they are true of."""
