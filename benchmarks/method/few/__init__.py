"""Few labels, and the other labelled places as overlap without any: what the other sensors bring then."""
