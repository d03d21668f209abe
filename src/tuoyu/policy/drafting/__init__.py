"""A draft in people's hands: its parts, its open marks, what changed in it, and how a file becomes one."""
