"""Rules over what nurseries record, and how each alert ended."""
