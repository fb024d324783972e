"""Parts computed here, by shards or by a Dask cluster."""
