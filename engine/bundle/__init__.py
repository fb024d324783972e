"""The model file: export, reading and writing, running its graphs. Reading and running need no torch."""
