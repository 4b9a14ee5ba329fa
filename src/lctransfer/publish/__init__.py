"""A finished experiment as a research object: packaged with its provenance, and run again elsewhere."""
