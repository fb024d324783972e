"""The pages of the training window, the widgets on them, and its sentences."""
