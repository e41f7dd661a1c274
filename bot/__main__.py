"""``python -m bot`` is ``wardwatch``."""

from bot.cli import main

if __name__ == "__main__":
    main()
