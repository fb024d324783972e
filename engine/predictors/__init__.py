"""What predicts: one protocol for networks, forests and averages alike, and what implements it."""
