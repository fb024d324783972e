"""Training, validation and test: whole groups, no pixel of one part in a patch of another."""
