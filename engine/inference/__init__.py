"""Sessions that run a graph, whichever program and device. No torch unless a GPU needs it."""
