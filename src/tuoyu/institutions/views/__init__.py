"""Pages of the institutions app."""
