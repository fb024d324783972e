"""Processing parameters: what is declared, with its help, and what a person gave, read and checked."""
