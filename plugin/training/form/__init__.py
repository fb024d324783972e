"""The training window's state, without Qt or QGIS: sensors, labels, settings, problems, the job."""
