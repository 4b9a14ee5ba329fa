"""Ask Sky Patrol v2 for light curves by the project's own client: FOLDER, FORMAT, Gaia identifiers.

Run by a Python that has the client (tests/validators.txt), through the proxy that HTTP_PROXY names.
"""

import sys


def main() -> None:
    from pyasassn.client import SkyPatrolClient  # not where the tests run

    folder, file_format, *gaia = sys.argv[1:]
    SkyPatrolClient(verbose=False).query_list(
        [int(key) for key in gaia],
        catalog="stellar_main",
        id_col="gaia_id",
        download=True,
        save_dir=folder,
        file_format=file_format,
    )


if __name__ == "__main__":
    main()
