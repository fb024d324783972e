"""The session: the form, its layers and its training; loading and storing of forms."""
