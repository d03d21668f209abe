"""Pages of the people who work in childcare."""
