"""Reports: one self-contained HTML page per training or evaluation, and the overview figure."""
