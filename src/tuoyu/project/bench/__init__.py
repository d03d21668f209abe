"""Benchmarks: a page, the API's answer and the raw floor, in turn in one run, with ratios."""
