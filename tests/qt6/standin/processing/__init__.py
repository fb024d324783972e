"""Processing's Python, as far as the plugin names it."""
