"""Quality assessments of institutions, and their published grades."""
