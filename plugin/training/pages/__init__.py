"""The pages of the training window, their widgets, and its messages."""
