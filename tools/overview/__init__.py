"""The overview picture of the demo."""
