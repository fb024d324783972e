"""What QGIS and the engine say to each other: jobs, events, manifests, errors.

Standard library only: this package is imported by both sides of the process boundary.
"""

ENGINE_VERSION = "0.1.0"
