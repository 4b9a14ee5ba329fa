"""The source model: a small network, the scaling of its inputs, and its classes."""
