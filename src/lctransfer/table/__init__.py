"""The light-curve table: its columns, its cuts, and which stars of two tables are the same."""
