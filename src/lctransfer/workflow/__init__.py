"""What the Snakefile needs besides the stages."""
