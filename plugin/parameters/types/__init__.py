"""Processing's parameters in short forms, their values read and checked, and how errors name them."""
