"""The self-check: questions made from the rubric, several people, a second pair of eyes, repairs."""
