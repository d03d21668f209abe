"""Tests of a nursery's day."""
