"""What QGIS and the engine say to each other: jobs, events, manifests, errors.

Standard library only: this package is imported by both sides of the process boundary.
"""

from .version import METADATA, version_in

ENGINE_VERSION = version_in(METADATA)
