"""The terms of MDiCo's objective, one per module, and their sum."""
