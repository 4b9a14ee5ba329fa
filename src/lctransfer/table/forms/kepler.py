"""Kepler, K2 and TESS light curves, as the archive's FITS files and lightkurve name their columns.

Fluxes are in electrons per second, taken as relative; TIME of the files is BKJD or BTJD, by their header.
"""

from lctransfer.table.forms.base import Cut, Form, Group

FORM = Form(
    name="kepler",
    title="Kepler or TESS light curves (lightkurve, or the archive's FITS files)",
    groups=(
        Group(
            "",
            {
                "source_id": ("source_id", "targetid", "ticid", "kepid", "epic"),
                "time": ("time",),
                "flux": ("pdcsap_flux", "flux", "kspsap_flux", "sap_flux"),
                "flux_err": ("pdcsap_flux_err", "flux_err", "kspsap_flux_err", "sap_flux_err"),
            },
        ),
    ),
    signature=(
        ("time", "flux", "flux_err", "cadenceno"),
        ("time", "flux", "flux_err", "pdcsap_flux"),
        ("time", "pdcsap_flux", "pdcsap_flux_err"),
        ("time", "sap_flux", "sap_flux_err", "cadenceno"),
        ("time", "sap_flux", "kspsap_flux", "cadenceno"),
    ),
    flux_unit="relative",
    cuts=(Cut("quality", "==", (0,)), Cut("sap_quality", "==", (0,))),
)
