"""The released UPSILoN-T weights: no survey, but a file to retrieve like any other."""

from lctransfer.surveys.base import RemoteFile, Sure

PARTS: dict[str, tuple[str, ...]] = {"weights": ()}
"""Collections that a user can correct, and which columns of them."""
COMMIT = "2d95da6"


def files(collections: list[str], kind: str) -> list[RemoteFile]:
    """Return the one file, known to the byte."""
    return [
        RemoteFile(
            survey="upsilont",
            dataset="UPSILoN-T, released weights",
            collection="weights",
            path="state_dict.pt",
            urls=(
                f"https://raw.githubusercontent.com/dwkim78/UPSILoN-T/{COMMIT}/upsilont/model/state_dict.pt",
                "https://github.com/dwkim78/UPSILoN-T/raw/master/upsilont/model/state_dict.pt",
            ),
            licence="MIT",
            reference="Kim et al. 2021, A&A 653, A22",
            sure=Sure.CONFIRMED,
            size=203_864,
            sha256="eb215cfde791589a8f4544e1bb8918637cf2817531052edc76aa0fa91b44acb6",
            version=f"commit {COMMIT}",
            by_hand="Or download it elsewhere, and put it at data/live/raw/upsilont/state_dict.pt; the "
            "simulated source (--source simulated) needs no download.",
        )
    ]
