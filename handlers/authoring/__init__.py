"""Making a rubric: check a file, read a printed table into a draft, publish a version."""
