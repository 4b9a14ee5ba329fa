"""ASAS-SN Sky Patrol v2: what its Python client gives, and the CSV file of its web page.

Hart et al. 2023, arXiv:2304.03791. An error of 99 or more marks an upper limit; quality is G (good) or B (bad).
"""

from lctransfer.table.forms.base import Cut, Form, Group

_CUTS = (Cut("mag_err", "<", (99.0,)), Cut("quality", "==", ("G",)))

CLIENT = Form(
    name="asassn",
    title="ASAS-SN Sky Patrol v2 by its client",
    groups=(
        Group(
            "",
            {
                "source_id": ("asas_sn_id",),
                "time": ("jd",),
                "mag": ("mag",),
                "mag_err": ("mag_err",),
                "band": ("phot_filter", "filter"),
            },
        ),
    ),
    signature=(("jd", "flux", "flux_err", "mag", "mag_err", "limit", "fwhm"),),
    cuts=_CUTS,
)

WEB = Form(
    name="asassn_web",
    title="ASAS-SN Sky Patrol v2, CSV files of the web page, one per star",
    groups=(
        Group(
            "",
            {"time": ("JD",), "mag": ("Mag",), "mag_err": ("Mag Error",), "band": ("Filter",)},
        ),
    ),
    signature=(("JD", "Flux", "Flux Error", "Mag", "Mag Error", "Limit", "FWHM", "Filter"),),
    cuts=(Cut("Mag Error", "<", (99.0,)), Cut("Quality", "==", ("G",))),
)
