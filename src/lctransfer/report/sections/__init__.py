"""One module per question; each has a function that turns results into a section."""
