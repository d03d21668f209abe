"""Spreadsheets: a sheet described once (`sheets`) gives its template (`writing`) and its reader (`reading`).

Nothing is imported here: the process that reads a file has neither settings nor database.
"""
