"""Which parts a map has, which of them this process computes, and what they depend on."""
