"""What the training journey is made of: on which splits, what all runs brought, how far it is, the manifest."""
