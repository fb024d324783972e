"""Prediction from the map layer: the dock, the layers' context menu, models in the browser, the unsure slider."""
