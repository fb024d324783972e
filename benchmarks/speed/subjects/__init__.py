"""The subjects that are measured, one module each: contestants, their data, and facts determined once."""
