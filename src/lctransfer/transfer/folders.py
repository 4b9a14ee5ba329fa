"""Names of the folders that a sweep writes."""


def fraction_folder(fraction: float) -> str:
    """Return the folder of a label fraction: two fractions never share one.

    Examples
    --------
    >>> fraction_folder(0.01), fraction_folder(0.01001), fraction_folder(1e-06), fraction_folder(20)
    ('fraction-0.0100', 'fraction-0.01001', 'fraction-1e-06', 'labels-20')
    """
    if fraction >= 1:
        return f"labels-{int(fraction)}"
    short = f"{fraction:.4f}"
    return f"fraction-{short if float(short) == fraction else repr(float(fraction))}"
