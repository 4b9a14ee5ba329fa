"""StarEmbed: ZTF light curves of seven classes, bands side by side (Hugging Face).

Columns as its public code names them; a true file was not at hand.
"""

from lctransfer.table.forms.base import Form, Group


def _band(band: str) -> Group:
    lead = f"bands_data.{band}"
    return Group(
        band,
        {
            "source_id": ("sourceid",),
            "time": (f"{lead}.mjd",),
            "mag": (f"{lead}.target",),
            "mag_err": (f"{lead}.past_feat_dynamic_real",),
            "label": ("class_str",),
            "ra_deg": ("ra",),
            "dec_deg": ("dec",),
            "period_days": ("period",),
        },
    )


FORM = Form(
    name="starembed",
    title="StarEmbed's ZTF light curves, g, r and i side by side",
    groups=tuple(_band(band) for band in "gri"),
    signature=(("sourceid", "class_str", "past_feat_dynamic_real"),),
    time_system="mjd",
    note="column names from its public code",
)
