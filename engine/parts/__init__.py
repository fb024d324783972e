"""A map in parts, each of which is computed, stored and found again on its own."""
