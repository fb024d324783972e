"""Short forms of Processing parameters, reading and checking of their values, and how errors name them."""
