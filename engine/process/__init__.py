"""The process itself: events, errors of others, its end, its children and cores."""
