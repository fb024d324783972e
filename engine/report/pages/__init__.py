"""The pages, from templates."""
