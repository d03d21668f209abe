"""Every list as a file: what the page shows its reader, all pages of it, as xlsx or on paper.

The file is made from the page itself, so that it holds the rows and columns the reader sees, masked where
they are masked, and no view or template says them twice.
"""
