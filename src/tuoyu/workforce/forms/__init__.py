"""What people fill in here; each form hands cleaned values to one action."""
