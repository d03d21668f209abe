"""What follows from given facts in supervision; no database."""
