"""The district end: what the health commission's people see of their hospitals, and what they say to them."""
