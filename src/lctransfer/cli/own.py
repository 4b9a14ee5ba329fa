"""Arguments of every verb that takes a table of somebody's own: how to read it."""

import sys
from typing import TYPE_CHECKING

from lctransfer.cli.arguments import Arguments, option
from lctransfer.table.canonical import FORM_NAMES, VOCABULARIES, Reading

if TYPE_CHECKING:
    from lctransfer.table.account import Account

TABLE_HELP = (
    "light curves: Parquet, feather, CSV or other text (.gz too), ECSV, FITS, VOTable; lists per source or a row per "
    "epoch; or a folder of Parquet parts, or of a file per source. Columns source_id, time [d], mag, mag_err or what "
    "--columns says"
)
FORM_OPTIONS = (
    option(
        "--form",
        default="",
        choices=["", *FORM_NAMES],
        metavar="FORM",
        help=f"its form: {', '.join(FORM_NAMES)} (default: recognised by its columns)",
    ),
    option(
        "--columns",
        default="",
        metavar="MEANING=COLUMN,...",
        help="what columns mean, with units where needed: time=mjd,mag=psfmag or 'flux=f[mJy],flux_err=e[mJy],"
        "time=t[h]'. Meanings: source_id, time, mag, mag_err, flux, flux_err, snr, band, label, ra_deg, dec_deg, "
        "period_days; mag_err=none: there are no errors",
    ),
    option(
        "--band",
        default="",
        help="one band; best: each source's band with most epochs; all: a row each, which evaluate combines in the end "
        "(default: a row each)",
    ),
    option("--all-epochs", action="store_true", help="keep epochs that the form's quality flags reject"),
)
"""How the table is to be read, where its columns do not tell."""
VOCABULARY = option(
    "--vocabulary",
    default="",
    help=f"whose words the labels are: {', '.join(VOCABULARIES)}; none for nobody's (default: detected)",
)
LABELS_POSITION = option(
    "--labels-position",
    type=float,
    default=0.0,
    metavar="ARCSEC",
    help="match the labels by position within so many arc seconds instead",
)
OWN_TABLE = (
    *FORM_OPTIONS,
    option("--labels", default="", metavar="FILE", help="table of identifiers and labels, in any of these formats"),
    LABELS_POSITION,
    VOCABULARY,
)
"""Options of a verb that takes a table of somebody's own, and its labels."""


def reading_of(arguments: Arguments) -> Reading:
    """Return how the user asks for the table to be read; a verb with --label-column reads its labels by itself."""
    given = {} if hasattr(arguments, "label_column") else vars(arguments)
    return Reading(
        form=arguments.form,
        columns=arguments.columns,
        band=arguments.band,
        labels=given.get("labels", ""),
        labels_position=given.get("labels_position", 0.0),
        vocabulary=getattr(arguments, "vocabulary", ""),
        quality=not arguments.all_epochs,
    )


def say(account: "Account | None") -> None:
    """Print what was recognised and dropped on the error stream, where it does not mix with results."""
    if account is not None:
        sys.stderr.write("".join(f"{line}\n" for line in account.sentences()))
