"""A fitted strategy that can be kept: the estimator, its saved form, and how it is served."""
