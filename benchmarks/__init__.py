"""How fast the bot is, beside an equal one on stock python-telegram-bot."""
