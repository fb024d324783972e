"""Benchmarks: longer runs on real data, whose tables go into docs/."""
