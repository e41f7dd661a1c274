"""A stand-in for Telegram's Bot API on this machine, and a page to talk to the bot through it."""
