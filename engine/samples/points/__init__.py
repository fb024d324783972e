"""Where labels lie, and which of these places become samples."""
