"""Plans, draws, inspections, and what follows from what they find."""
