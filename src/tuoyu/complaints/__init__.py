"""Complaints and reports from the public, and how they were answered."""
