"""A map in parts, each of which is computed, stored and reused independently."""
