"""The modules of the second reader; none of them imports the engine."""
