"""The network: encoders, CoLearner (MDiCo), losses, and what of it predicts from one sensor."""
