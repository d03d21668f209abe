"""What a nursery records of its day: the daily return, incidents."""
