"""The machine: updates in, messages out. Knows Telegram and SQL, no hospital words."""
