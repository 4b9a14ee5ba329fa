"""The drawings: a module each, whose function takes numbers and returns a figure with caption, text and data."""
