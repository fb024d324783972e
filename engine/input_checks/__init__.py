"""Whether an input is like the training: its sensors, the size of its pixels, its values."""
