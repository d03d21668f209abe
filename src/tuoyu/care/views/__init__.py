"""Pages of a nursery's day and of incidents."""
