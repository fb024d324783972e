"""The upload to the plugin repository: the zip, its scans, and whether a version is ready."""
