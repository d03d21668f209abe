"""Messages that leave with the transaction that caused them, and arrive at least once."""
