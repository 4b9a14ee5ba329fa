"""Zwicky Transient Facility, public data releases: HATS catalogues, list columns, and the light-curve service's CSV.

Masci et al. 2019, PASP 131, 018003. Kept are epochs with catflags == 0.
"""

from lctransfer.table.forms.base import Cut, Form, Group

FORM = Form(
    name="ztf",
    title="ZTF data releases: HATS (nested or lists), or the light-curve service's rows",
    groups=(
        Group(
            "",
            {
                "source_id": ("objectid", "oid"),
                "time": ("hmjd", "hjd", "mjd"),
                "mag": ("mag",),
                "mag_err": ("magerr",),
                "band": ("filterid", "filtercode", "fid"),
                "ra_deg": ("objra", "ra"),
                "dec_deg": ("objdec", "dec"),
            },
        ),
    ),
    signature=(
        ("objectid", "filterid", "hmjd", "mag", "magerr"),
        ("oid", "filtercode", "mjd", "mag", "magerr", "catflags"),
    ),
    bands={"1": "g", "2": "r", "3": "i", "zg": "g", "zr": "r", "zi": "i"},
    cuts=(Cut("catflags", "==", (0,)),),
)
