"""What is recorded and the rules about it: tables beside pure functions; values and codes, never sentences."""
