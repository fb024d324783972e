"""What the dock does with layers of the project: their values, places on them, the group of a map, the preview."""
