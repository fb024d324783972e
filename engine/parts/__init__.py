"""A map in parts: computed by several runs, processes or machines, gone on with after an end, put together."""
