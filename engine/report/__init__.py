"""Reports a forester can read: one self-contained HTML page per training or evaluation, and the overview figure."""
