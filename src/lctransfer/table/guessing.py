"""Which column of a table has a meaning that nobody gave it: by its name, and by the names of the others."""

from collections.abc import Mapping

from lctransfer.errors import LctransferError
from lctransfer.table.band_names import error_of, named_after_bands
from lctransfer.table.column_units import is_list
from lctransfer.table.columns import Used, find, guess, plain
from lctransfer.table.opened import Opened


def guessed(meaning: str, known: Mapping[str, Used], columns: list[str], opened: Opened) -> str | None:
    """Return the column of a meaning by its name: an error by that of the quantity, a magnitude by that of its band."""
    quantity = {"mag_err": "mag", "flux_err": "flux"}.get(meaning, "")
    if quantity in known and (error := error_of(known[quantity].column, columns)):
        return error
    name = guess(meaning, columns, opened.where)
    if name or meaning not in ("mag", "flux") or (meaning == "mag" and guess("flux", columns, opened.where)):
        return name
    lists = "time" in known and is_list(opened, known["time"].column)
    several = [one for one in named_after_bands(columns, meaning) if is_list(opened, one) == lists]
    if len(several) > 1:
        error = error_of(several[0], columns)
        more = f",{meaning}_err={error}" if error else ""
        raise LctransferError(
            f"{opened.where} has {'magnitudes' if meaning == 'mag' else 'fluxes'} of several bands: "
            f"{', '.join(several)}. Say which to read, one band at a time: --columns '{meaning}={several[0]}{more}'"
        )
    return several[0] if several else None


def by_name(name: str, columns: list[str]) -> str | None:
    """Return the column of that name, or the one field of a struct that has it; None if there is not just one."""
    exact = find(name, columns)
    if exact:
        return exact
    fields = [column for column in columns if plain(column.rsplit(".", 1)[-1]) == plain(name)]
    return fields[0] if len(fields) == 1 else None


def needless(meaning: str, known: Mapping[str, Used]) -> bool:
    """Tell whether a meaning need not be looked for: fluxes beside magnitudes or the reverse, and errors."""
    if meaning == "flux":
        return "mag" in known
    if meaning == "mag":
        return "flux" in known
    if meaning == "mag_err":
        return "mag" not in known or "snr" in known
    if meaning == "flux_err":
        return "flux" not in known or "mag" in known
    return meaning == "snr" and ("mag_err" in known or "flux_err" in known)
