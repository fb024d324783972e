"""Mapping with a model: the dock, the layers' context menu, models in the browser, the confidence slider."""
