"""The model file: one ZIP, checked entry by entry. Standard library only."""
