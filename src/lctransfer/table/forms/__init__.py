"""Every form of light-curve table that is known by name, and how one is recognised by its columns."""

from lctransfer.errors import LctransferError, check_name
from lctransfer.table.forms import asassn, atlas, gaia, kepler, lsst, own, starembed, ztf
from lctransfer.table.forms.base import Cut, Form, Group

FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        own.FORM,
        ztf.FORM,
        gaia.WIDE,
        gaia.LONG,
        lsst.OBJECT,
        lsst.DIA_OBJECT,
        asassn.CLIENT,
        asassn.WEB,
        kepler.FORM,
        atlas.FORM,
        starembed.FORM,
    )
}
"""Name of each form, as ``--form`` takes it."""

__all__ = ["FORMS", "Cut", "Form", "Group", "form_named", "recognised"]


def form_named(name: str) -> Form:
    """Return a form by its name.

    Raises
    ------
    LctransferError
        With the names that there are.
    """
    check_name("form", name, FORMS, "; ".join(f"{form.name} ({form.title})" for form in FORMS.values()))
    return FORMS[name]


def recognised(columns: list[str], where: str) -> Form:
    """Return the form whose columns these are; ``own`` if they are nobody's in particular.

    Raises
    ------
    LctransferError
        If two forms fit equally well.
    """
    fits = {name: form.fits(columns) for name, form in FORMS.items()}
    best = max(fits.values())
    found = [name for name, fit in fits.items() if fit == best]
    if not best:
        return FORMS["own"]
    if len(found) > 1:
        raise LctransferError(f"{where} may be of the form {' or '.join(found)}: say which, --form {found[0]}")
    return FORMS[found[0]]
