"""ATLAS forced photometry: the text file of the server, one per position.

Tonry et al. 2018, PASP 130, 064505; Smith et al. 2020, PASP 132, 085002. The flux uJy is used, since m is negative
where the flux is; kept are epochs with duJy < 4000, chi/N < 100 and err == 0, the cuts in common use.
"""

from lctransfer.table.forms.base import Cut, Form, Group

FORM = Form(
    name="atlas",
    title="ATLAS forced photometry, one file per position",
    groups=(Group("", {"time": ("###MJD", "MJD"), "flux": ("uJy",), "flux_err": ("duJy",), "band": ("F",)}),),
    signature=(("MJD", "m", "dm", "uJy", "duJy", "F", "chi/N"),),
    flux_unit="uJy",
    time_system="mjd",
    cuts=(Cut("duJy", "<", (4000.0,)), Cut("chi/N", "<", (100.0,)), Cut("err", "==", (0,))),
)
