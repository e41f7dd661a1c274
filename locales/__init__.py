"""The catalogues: <lang>/LC_MESSAGES/messages.po, read by bot.i18n."""
