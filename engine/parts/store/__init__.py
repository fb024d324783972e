"""Parts on the disk: written whole, recognized, checked, read."""
