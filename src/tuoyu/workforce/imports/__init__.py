"""What may be imported of the people who work in childcare."""
