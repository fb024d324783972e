"""Processing parameters: their declarations with help texts, and their values, read and checked."""
