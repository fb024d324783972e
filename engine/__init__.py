"""CoLearn's engine: trains on several sensors together, maps from any one of them.

A program of its own (`python -m engine train job.json`); it never imports QGIS.
"""
