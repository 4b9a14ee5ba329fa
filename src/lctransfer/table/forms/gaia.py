"""Gaia DR3 epoch photometry: DataLink's wide rows, and long rows.

Riello et al. 2021, A&A 649, A3. The error of a magnitude is 1.0857362 over flux_over_error. Flags come as booleans, or
as the texts "true" and "false" in CSV files.
"""

from lctransfer.table.forms.base import Cut, Form, Group


def _band(band: str, lead: str, time: str) -> Group:
    columns = {
        "source_id": ("source_id",),
        "time": (time,),
        "mag": (f"{lead}_mag",),
        "snr": (f"{lead}_flux_over_error",),
    }
    flag = Cut(f"variability_flag_{lead.removesuffix('_transit')}_reject", "false")
    return Group(band, columns, (flag, Cut("rejected_by_photometry", "false")) if band == "G" else (flag,))


WIDE = Form(
    name="gaia_dr3",
    title="Gaia DR3 DataLink epoch photometry, G, BP and RP side by side",
    groups=(
        _band("G", "g_transit", "g_transit_time"),
        _band("BP", "bp", "bp_obs_time"),
        _band("RP", "rp", "rp_obs_time"),
    ),
    signature=(("source_id", "g_transit_time", "g_transit_mag", "g_transit_flux_over_error"),),
    time_system="gaia",
)

LONG = Form(
    name="gaia_dr3_long",
    title="Gaia DR3 epoch photometry, a row per epoch and band",
    groups=(
        Group(
            "",
            {
                "source_id": ("source_id",),
                "time": ("time",),
                "mag": ("mag",),
                "snr": ("flux_over_error",),
                "band": ("band",),
            },
        ),
    ),
    signature=(
        ("source_id", "band", "time", "mag", "flux_over_error", "rejected_by_photometry"),
        ("source_id", "band", "time", "mag", "flux_over_error", "rejected_by_variability"),
    ),
    time_system="gaia",
    cuts=(Cut("rejected_by_photometry", "false"), Cut("rejected_by_variability", "false")),
    note="column names from documentation",
)
