"""The pages of assessing: trees, agencies, assessments, scoring, and results for everybody."""
