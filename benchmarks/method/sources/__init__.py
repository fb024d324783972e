"""Where the data sets come from: one module for each folder or package of real data."""
