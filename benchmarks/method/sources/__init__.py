"""The sources of the data sets: one module per folder or package of real data."""
