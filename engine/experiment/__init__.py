"""A training journey: what is compared, on which splits, what it brought, the manifest."""
