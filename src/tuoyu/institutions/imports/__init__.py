"""What may be imported of institutions: the sheet of each kind, its checks, and its writing."""
