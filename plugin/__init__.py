"""The QGIS side: parameters, layers and dialogs. Imports qgis, qgis.PyQt and engine.contract, nothing else."""
