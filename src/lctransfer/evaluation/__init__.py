"""How strategies are judged: splits and metrics."""
