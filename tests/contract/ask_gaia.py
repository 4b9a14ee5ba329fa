"""Ask for epoch photometry of Gaia DR3 by astroquery: ADDRESS, IDENTIFIERS; the files it got are printed as JSON.

Run by a Python that has astroquery (tests/validators.txt).
"""

import json
import sys


def main() -> None:
    from astroquery.gaia import GaiaClass  # not where the tests run

    address, *stars = sys.argv[1:]
    client = GaiaClass(gaia_tap_server=f"{address}/", gaia_data_server=f"{address}/", show_server_messages=False)
    found = client.load_data(
        [int(star) for star in stars],
        data_release="Gaia DR3",
        retrieval_type="EPOCH_PHOTOMETRY",
        data_structure="INDIVIDUAL",
        format="csv",
        valid_data=False,
    )
    sys.stdout.write("\n" + json.dumps({name: [len(table) for table in tables] for name, tables in found.items()}))


if __name__ == "__main__":
    main()
