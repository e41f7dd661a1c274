"""/file: what closes a paper, who sees to it, who waives it."""
