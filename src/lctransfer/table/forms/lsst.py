"""Rubin Observatory, Data Previews 1 and 2: forced photometry of objects and of objects of difference images.

Fluxes are in nJy, with the AB zero point 31.4. Times stand only in the HATS catalogues (midpointMjdTai).
"""

from lctransfer.table.forms.base import Cut, Form, Group

OBJECT = Form(
    name="lsst_object",
    title="LSST DP1/DP2 objects with forced photometry on the visits",
    groups=(
        Group(
            "",
            {
                "source_id": ("objectId",),
                "time": ("midpointMjdTai",),
                "flux": ("psfFlux",),
                "flux_err": ("psfFluxErr",),
                "band": ("band",),
                "ra_deg": ("coord_ra",),
                "dec_deg": ("coord_dec",),
            },
        ),
    ),
    signature=(("objectId", "band", "midpointMjdTai", "psfFlux", "psfFluxErr"),),
    flux_unit="nJy",
    struct=("objectForcedSource", "forcedSource"),
    cuts=(
        Cut("psfFlux_flag", "false"),
        *(
            Cut(f"pixelFlags_{flag}", "false")
            for flag in ("bad", "cr", "edge", "interpolatedCenter", "nodata", "saturated", "saturatedCenter", "suspect")
        ),
    ),
)

DIA_OBJECT = Form(
    name="lsst_dia",
    title="LSST DP1/DP2 objects of difference images; the flux is that of the science image, not the difference",
    groups=(
        Group(
            "",
            {
                "source_id": ("diaObjectId",),
                "time": ("midpointMjdTai",),
                "flux": ("scienceFlux",),
                "flux_err": ("scienceFluxErr",),
                "band": ("band",),
                "ra_deg": ("ra",),
                "dec_deg": ("dec",),
            },
        ),
    ),
    signature=(("diaObjectId", "band", "midpointMjdTai", "scienceFlux", "scienceFluxErr"),),
    flux_unit="nJy",
    struct=("diaObjectForcedSource", "diaForcedSource", "diaSource"),
    cuts=(
        Cut("psfFlux_flag", "false"),
        Cut("scienceFlux_flag", "false"),
        *(
            Cut(f"pixelFlags_{flag}", "false")
            for flag in ("bad", "cr", "edge", "nodata", "saturated", "saturatedCenter", "suspect")
        ),
    ),
)
