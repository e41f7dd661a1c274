"""The files a person gets: neutral tables, and writers that load their library when a file is made."""
