"""Credit events of institutions and responsible persons, their publication and repair."""
