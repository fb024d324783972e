"""Reports: one self-contained HTML page per training or evaluation."""
