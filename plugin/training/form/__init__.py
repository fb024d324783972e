"""What the training window holds, without Qt or QGIS: sensors, labels, settings, what is wrong with them, the job."""
