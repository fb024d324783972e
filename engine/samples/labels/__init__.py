"""What labels say: classes, codes, names, which of them mean “no class”."""
