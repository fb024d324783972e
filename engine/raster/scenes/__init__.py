"""One place as one sensor saw it, from however many files; its quality mask; how it is read."""
