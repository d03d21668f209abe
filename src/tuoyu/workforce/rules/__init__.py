"""What follows from what the register says; no database."""
