"""A loopback archive of archives: simulated stars in the address layout and the formats of each true host.

Written from the archives' documents (README files, CDS ReadMe, clients' source), by code that shares nothing with the
package's readers. The path of a request starts with the name of the host, as below a mirror.
"""

import gzip
import io
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

OGLE = "ftp.astrouw.edu.pl/ogle"
ASAS = "www.astrouw.edu.pl"
CDS = "cdsarc.cds.unistra.fr"
ASASSN = "asas-sn.osu.edu"
VIZIER = "vizier.cds.unistra.fr"
PATROL, BLOCKS = "asassn-lb01.ifa.hawaii.edu:9006", "asassn-data03.ifa.hawaii.edu:9006"

# Phase, region, kind: prefix and digits of identifiers, first bytes of subtype and position, full date, subtypes.
COLLECTIONS: dict[tuple[int, str, str], tuple[str, int, int, int, bool, tuple[str, ...]]] = {
    (4, "lmc", "cep"): ("OGLE-LMC-CEP-", 4, 19, 29, False, ("F", "1O", "2O", "F/1O", "1O/2O")),
    (4, "smc", "cep"): ("OGLE-SMC-CEP-", 4, 19, 29, False, ("F", "1O")),
    (4, "blg", "cep"): ("OGLE-BLG-CEP-", 3, 18, 28, True, ("F", "1O")),
    (4, "gd", "cep"): ("OGLE-GD-CEP-", 4, 18, 28, True, ("F", "1O")),
    (4, "lmc", "t2cep"): ("OGLE-LMC-T2CEP-", 3, 21, 28, False, ("BLHer", "WVir", "pWVir", "RVTau")),
    (4, "smc", "t2cep"): ("OGLE-SMC-T2CEP-", 2, 20, 27, False, ("BLHer", "WVir")),
    (4, "blg", "t2cep"): ("OGLE-BLG-T2CEP-", 4, 22, 29, True, ("BLHer", "WVir")),
    (4, "gd", "t2cep"): ("OGLE-GD-T2CEP-", 4, 21, 28, True, ("BLHer", "WVir")),
    (4, "lmc", "rrlyr"): ("OGLE-LMC-RRLYR-", 5, 23, 29, False, ("RRab", "RRc", "RRd", "aRRd")),
    (4, "smc", "rrlyr"): ("OGLE-SMC-RRLYR-", 4, 22, 28, False, ("RRab", "RRc")),
    (4, "blg", "rrlyr"): ("OGLE-BLG-RRLYR-", 5, 23, 29, False, ("RRab", "RRc")),
    (4, "gd", "rrlyr"): ("OGLE-GD-RRLYR-", 5, 22, 28, False, ("RRab", "RRc")),
    (4, "lmc", "dsct"): ("OGLE-LMC-DSCT-", 5, 22, 34, False, ("singlemode", "multimode")),
    (4, "smc", "dsct"): ("OGLE-SMC-DSCT-", 4, 21, 33, False, ("singlemode", "multimode")),
    (4, "blg", "dsct"): ("OGLE-BLG-DSCT-", 5, 22, 34, False, ("singlemode", "multimode")),
    (4, "gd", "dsct"): ("OGLE-GD-DSCT-", 4, 20, 32, False, ("singlemode", "multimode")),
    (4, "lmc", "ecl"): ("OGLE-LMC-ECL-", 5, 21, 25, True, ("C", "NC", "ELL", "CV")),
    (4, "smc", "ecl"): ("OGLE-SMC-ECL-", 4, 21, 25, True, ("C", "NC")),
    (4, "blg", "ecl"): ("OGLE-BLG-ECL-", 6, 22, 26, False, ("C", "NC")),
    (4, "blg", "lpv"): ("OGLE-BLG-LPV-", 6, 22, 28, False, ("Mira",)),
    (4, "gd", "lpv"): ("OGLE-GD-LPV-", 6, 21, 27, False, ("Mira",)),
    (3, "lmc", "rrlyr"): ("OGLE-LMC-RRLYR-", 5, 39, 45, False, ("RRab", "RRc", "RRd", "RRe")),
    (3, "smc", "rrlyr"): ("OGLE-SMC-RRLYR-", 4, 38, 44, False, ("RRab", "RRc")),
    (3, "blg", "rrlyr"): ("OGLE-BLG-RRLYR-", 5, 39, 45, False, ("RRab", "RRc")),
    (3, "lmc", "dsct"): ("OGLE-LMC-DSCT-", 4, 36, 47, False, ("SINGLEMODE", "MULTIMODE")),
    (3, "lmc", "ecl"): ("OGLE-LMC-ECL-", 5, 37, 41, False, ("EC", "ED", "ESD", "ED/ESD")),
    (3, "smc", "ecl"): ("OGLE-SMC-ECL-", 4, 36, 40, False, ("C", "NC")),
    (3, "lmc", "lpv"): ("OGLE-LMC-LPV-", 5, 38, 51, False, ("Mira", "SRV", "OSARG")),
    (3, "smc", "lpv"): ("OGLE-SMC-LPV-", 5, 38, 47, False, ("SRV", "OSARG")),
    (3, "blg", "lpv"): ("OGLE-BLG-LPV-", 6, 40, 51, False, ("Mira", "SRV")),
}
TABLES = {
    "cep": {"F": "cepF", "1O": "cep1O", "2O": "cep2O", "F/1O": "cepF1O", "1O/2O": "cep1O2O"},
    "lpv": {"Mira": "Miras", "SRV": "SRVs", "OSARG": "OSARGs"},
}
THREE_PHASES = {(4, "blg", "dsct"), (4, "gd", "dsct"), (4, "blg", "ecl"), (4, "blg", "lpv"), (4, "gd", "lpv")}

Star = dict[str, Any]
"""Simulated: source_id, label, ra_deg, dec_deg, period_days, and the lists time, mag, mag_err."""


def place(star: Star, separator: str = ":") -> str:
    """Return the sexagesimal position, hh:mm:ss.ss sdd:mm:ss.s."""
    hundredths = round(star["ra_deg"] / 15 * 360_000) % 8_640_000
    tenths = round(abs(star["dec_deg"]) * 36_000)
    ra = separator.join(
        [f"{hundredths // 360_000:02d}", f"{hundredths // 6_000 % 60:02d}", f"{hundredths % 6_000 / 100:05.2f}"]
    )
    dec = separator.join([f"{tenths // 36_000:02d}", f"{tenths // 600 % 60:02d}", f"{tenths % 600 / 10:04.1f}"])
    return f"{ra} {'-' if star['dec_deg'] < 0 else '+'}{dec}"


def tarball(members: list[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=1) as archive:
        for name, content in members:
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return stream.getvalue()


def epochs(star: Star) -> Iterator[tuple[float, float, float]]:
    return zip(star["time"], star["mag"], star["mag_err"], strict=True)


# ------------------------------------------------------------------------------------------------------------ OGLE
def ogle_home(label: str) -> tuple[tuple[int, str, str], str, str] | None:
    """Return the collection that lists a simulated star, its subtype there, and its flags."""
    kind, _, rest = label.partition("_")
    if kind in ("CEP", "T2CEP"):
        home = (4, "lmc", kind.lower())
        return (home, rest, "") if rest in COLLECTIONS[home][5] else None
    if label.startswith(("RR", "aRR")):
        return ((3 if label == "RRe" else 4), "lmc", "rrlyr"), label, ""
    if kind == "DSCT":
        return (4, "lmc", "dsct"), rest, ""
    if kind == "ECL":
        return ((3 if rest in ("EC", "ED", "ESD") else 4), "lmc", "ecl"), rest, ""
    if label == "Mira":
        return (4, "blg", "lpv"), "Mira", ""
    if kind in ("Mira", "SRV", "OSARG"):
        return (3, "lmc", "lpv"), kind, rest.replace("_", " ")
    return None


def ogle_entries(stars: list[Star]) -> dict[tuple[int, str, str], list[tuple[Star, str, str]]]:
    """Return star, subtype and flags of each collection; those without simulated stars get some of other places."""
    entries: dict[tuple[int, str, str], list[tuple[Star, str, str]]] = defaultdict(list)
    for star in stars:
        home = ogle_home(star["label"])
        if home:
            entries[home[0]].append((star, *home[1:]))
    # What OGLE-III lists too.
    entries[3, "lmc", "rrlyr"] += [row for row in entries[4, "lmc", "rrlyr"] if row[1] != "aRRd"]
    entries[3, "lmc", "dsct"] += [(star, kind.upper(), "") for star, kind, _ in entries[4, "lmc", "dsct"]]
    for number, (home, (*_, words)) in enumerate(COLLECTIONS.items()):
        similar = [star for other, rows in entries.items() if other[2] == home[2] for star, *_ in rows]
        if home not in entries or not entries[home]:
            entries[home] = [
                (
                    {**similar[i % len(similar)], "ra_deg": 100 + number + i / 50, "dec_deg": -40.0 - i / 50},
                    words[i % len(words)],
                    "",
                )
                for i in range(6)
            ]
    compound = [row for row in entries[3, "lmc", "ecl"] if row[1] == "ED"][:1]
    entries[3, "lmc", "ecl"] += [({**star, "ra_deg": star["ra_deg"] + 0.2}, "ED/ESD", "") for star, *_ in compound]
    return entries


def ogle(stars: list[Star]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    numbers: dict[str, dict[tuple[str, float], int]] = defaultdict(dict)  # a star has one number in both phases
    for home, rows in ogle_entries(stars).items():
        phase, region, kind = home
        folder = f"{OGLE}/ogle{phase}/{'OCVS' if phase == 4 else 'OIII-CVS'}/{region}/{kind}"
        prefix, digits, type_at, ra_at, full, _ = COLLECTIONS[home]
        ident, tables, members = [], defaultdict(list), []
        for star, subtype, flags in rows:
            known = numbers[prefix]
            number = known.setdefault((star["source_id"], star["ra_deg"]), len(known) + 1)
            name = f"{prefix}{number:0{digits}d}"
            line = name.ljust(type_at - 1)
            if phase == 3:  # field and number of the database stand between
                line = f"{name}  LMC100.1 {number}".ljust(type_at - 1)
            line += subtype.rjust(8) if kind == "cep" else f"{subtype:<5} {flags}".rstrip()
            ident.append(f"{line.ljust(ra_at - 1)}{place(star)}  {'-':<16} {'-':<15}\n")
            table = TABLES.get(kind, {}).get(subtype) or {
                "rrlyr": subtype,
                "t2cep": "t2cep",
                "ecl": "ell" if subtype == "ELL" else "ecl",
            }.get(kind, "dsct")
            if phase == 3 and kind == "dsct":
                table = subtype.lower()
            period = star["period_days"] or 1.0
            tables[table].append(f"{name}  15.123 16.234  {period:11.7f} 0.0000001\n")
            zero = 0 if full else 2_450_000
            text = "".join(f"{t - zero:.5f} {m:6.3f} {min(e, 9.999):5.3f}\n".rjust(24) for t, m, e in epochs(star))
            members.append((f"phot/I/{name}.dat", text.encode()))
        files[f"{folder}/ident.dat"] = "".join(ident).encode()
        files[f"{folder}/remarks.txt"] = f"{prefix}99999 secondary period\n".encode()
        files |= {f"{folder}/{name}.dat": "".join(lines).encode() for name, lines in tables.items()}
        for suffix in ("4", "3", "2") if home in THREE_PHASES else ("",):
            name = f"phot_ogle{suffix}.tar.gz" if suffix else "phot.tar.gz"
            files[f"{folder}/{name}"] = tarball(members if suffix in ("", "4") else members[:1])
    return files


# ------------------------------------------------------------------------------------------------------------ EROS-2
EROS_CLASS = {
    "CEP_F": "CEPH_F", "CEP_1O": "CEPH_1O", "RRab": "RRL_ab", "RRc": "RRL_c", "RRd": "RRL_d", "RRe": "RRL_e",
    "DSCT_singlemode": "DSCT", "DSCT_multimode": "DSCT", "ECL_EC": "EB_EC", "ECL_ED": "EB_ED", "ECL_ESD": "EB_ESD",
    "SRV_O": "LPV_SRV_AGB_O", "SRV_C": "LPV_SRV_AGB_C", "Mira_C": "LPV_Mira_AGB_C", "Mira_O": "LPV_Mira_AGB_O",
    "T2CEP_WVir": "T2CEPH", "T2CEP_BLHer": "T2CEPH",
}  # fmt: skip


def eros2(
    variables: list[Star], light_curves: list[Star]
) -> tuple[dict[str, bytes], dict[str, list[tuple[float, float]]]]:
    """Return what has to be fetched by hand, and the positions of VizieR's lists."""
    pool = defaultdict(list)
    for star in light_curves:
        pool[star["label"]].append(star)
    chosen: list[tuple[float, float, Star]] = []
    for star in variables:
        of_class = pool.get(EROS_CLASS.get(star["label"], ""))
        if of_class:
            chosen.append((star["ra_deg"], star["dec_deg"], of_class.pop()))
    lists: dict[str, list[tuple[float, float]]] = {"QSO": [], "BV": []}
    for number, star in enumerate([*pool["QSO"], *pool["BV"], *pool["NonVar"]]):
        ra, dec = 70 + number / 20, -60.0
        chosen.append((ra, dec, star))
        if star["label"] in lists:
            lists[star["label"]].append((ra, dec))
    catalogue, members = [], []
    for number, (ra, dec, star) in enumerate(chosen):
        name = f"lm0010n{number}"
        catalogue.append(f"{name} {ra:.6f} {dec:.6f} 15.100 0.010 1.0 1.0 15.300 0.010 1.0 1.0 0\n")
        rows = "".join(f"{t - 2_450_000:12.5f}  {m:6.3f}  {e:5.3f}  99.999  9.999 \n" for t, m, e in epochs(star))
        head = "# star:  erosid      MagR    ErrMR   XR      YR     MagB    ErrMB   XB      YB \n"
        head += f"#        {name}\n#\n#   date      MagR    ErMagR MagB    ErMagB\n"
        members.append((f"{name}.time", (head + rows).encode()))
    return {
        "eros2/eros2_stars.cat": "".join(catalogue).encode(),
        "eros2/eros2_lightcurves.tar.gz": tarball(members),
    }, lists


# ------------------------------------------------------------------------------------------------------------ ASAS
def asas(stars: list[Star]) -> dict[str, bytes]:
    lines, files = ["# ACVS 1.1\n", "# ID PER HJD0 VMAX VAMP TYPE GCVS_ID GCVS_TYPE IR12 IR25 ...\n"], {}
    for star in stars:
        colours = " ".join(["-"] * 15)
        lines.append(
            f"{star['source_id']} {star['period_days'] or 0:.6f} 1900.1 {min(star['mag']):.2f} 0.50 "
            f"{star['label']} {colours}\n"
        )
        rows = "".join(
            f"{t - 2_450_000:13.5f}" + f"{m:7.3f}" * 5 + "   " + f"{e:6.3f}" * 5 + f"  A {n:5d}\n"
            for n, (t, m, e) in enumerate(epochs(star), 1)
        )
        head = f"#ndata= {len(star['time'])}\n#dataset= 1 ; 1 F0936-32_174\n#desig= {star['source_id']}\n"
        head += "#     HJD      MAG_2  MAG_0  MAG_1  MAG_3  MAG_4    MER_2 MER_0 MER_1 MER_3 MER_4 GRADE FRAME\n"
        files[f"{ASAS}/cgi-asas/asas_cgi_get_data?{star['source_id']},asas3"] = (head + rows).encode()
    return files | {f"{ASAS}/asas/data/ACVS.1.1.gz": gzip.compress("".join(lines).encode())}


# ------------------------------------------------------------------------------------------------------------ Hipparcos
def hipparcos(stars: list[Star]) -> dict[str, bytes]:
    stars = sorted(stars, key=lambda star: int(star["source_id"]))
    packed, index, main = b"", [], []
    variables: dict[int, list[str]] = {1: [], 2: []}
    for star in stars:
        hip = int(star["source_id"])
        index.append(f"{hip}={len(packed) + 1}\n")
        rows = "".join(f"{t - 2_440_000:10.5f}|{m:7.4f}|{min(e, 9.999):5.3f}|  0\n" for t, m, e in epochs(star))
        packed += gzip.compress(
            (f"{hip:6d}| 8.1234| 0.51| 99| 98| 8.1234|0.001| 8.0| 8.3| | | | | \n" + rows + "\n").encode(), 1
        )
        main.append(f"H|{hip:12d}| |{place(star, ' ').replace(' ', '|', 0)[:11]}|{place(star, ' ')[12:]}| 8.10\n")
        line = f"{hip:6d}".ljust(24) + f"{star['label']:<6}"
        line = line.ljust(33) + " 8.120"
        if star["period_days"]:
            line = line.ljust(56) + f"{star['period_days']:12.7f}"
        variables[1 if star["period_days"] else 2].append(line.ljust(142) + "\n")
    root = f"{CDS}/ftp/cats/I/239"
    return {
        f"{root}/epophot/hep.gz": packed,
        f"{root}/epophot/hep.gz.idx": "".join(index).encode(),
        f"{root}/hip_main.dat": "".join(main).encode(),
        **{f"{root}/hip_va_{n}.dat.gz": gzip.compress("".join(lines).encode()) for n, lines in variables.items()},
    }


# ------------------------------------------------------------------------------------------------------------ ASAS-SN
def asassn(stars: list[Star]) -> dict[str, bytes]:
    head = "id,source_id,asassn_name,other_names,raj2000,dej2000,mean_vmag,amplitude,period,variable_type,gdr2_id\n"
    lines, files = [head], {}
    for number, star in enumerate(stars):
        key = f"00000000-0000-4000-8000-{number:012d}"
        period = "N/A" if star["period_days"] is None else f"{star['period_days']:.7f}"
        lines.append(
            f"{key},{number},{star['source_id']},,{star['ra_deg']:.5f},{star['dec_deg']:.5f},13.1,0.5,{period},"
            f"{star['label']},{4_660_000_000_000_000_001 + number}\n"
        )
        rows = "".join(f"{t:.5f},ba,{m:.3f},{e:.3f},1.0,0.1\n" for t, m, e in epochs(star))
        limit = f"{star['time'][0]:.5f},bb,>17.5,99.99,0.1,0.1\n"
        files[f"{ASASSN}/variables/{key}.csv"] = ("hjd,camera,mag,mag_err,flux,flux_err\n" + limit + rows).encode()
    files[f"{ASASSN}/variables.csv?action=index&controller=variables"] = "".join(lines).encode()
    return files


def patrol_block(stars: list[Star], gaia: list[int]) -> tuple[bytes, bytes]:
    """Return the answer to a query of Sky Patrol v2, and its block of light curves."""
    wanted = [(number, stars[key - 4_660_000_000_000_000_001]) for number, key in enumerate(gaia)]
    rows = [(n, t, m, e) for n, star in wanted for t, m, e in epochs(star)]
    columns = dict(zip(("asas_sn_id", "jd", "mag", "mag_err"), map(list, zip(*rows)), strict=True))
    block = pa.table({**columns, "flux": [1.0] * len(rows), "camera": ["bb"] * len(rows), "quality": ["G"] * len(rows)})
    nowhere = [0.0] * len(wanted)
    index = pa.table({"asas_sn_id": [n for n, _ in wanted], "ra_deg": nowhere, "dec_deg": nowhere, "gaia_id": gaia})
    return tuple(_parquet(table) for table in (index, block))  # type: ignore[return-value]


def _parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()
