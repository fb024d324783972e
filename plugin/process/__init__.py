"""The engine as a separate program: finding or installing its Python, starting, following and ending it."""
