"""Figures as inline SVG, and the overview picture."""
