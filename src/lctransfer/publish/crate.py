"""The metadata of a finished experiment as a Workflow Run RO-Crate.

Profiles: https://w3id.org/ro/wfrun/workflow/0.5 and those that it extends, on RO-Crate 1.1.
"""

import json
import mimetypes
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lctransfer.report.results import Results

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

METADATA = "ro-crate-metadata.json"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
MAIN, README = "code/Snakefile", "README.md"
FORMATS = {".parquet": "application/vnd.apache.parquet", ".safetensors": "application/octet-stream"}
KINDS = {".smk": "text/x-python", ".md": "text/markdown", ".yaml": "application/yaml", "": "text/plain"}
ABOUT = {
    "report.html": "The report: what was compared, and what came out.",
    "metrics.parquet": "Metrics of every fit: a row per survey, strategy, label fraction and seed.",
    "config.json": "The configuration in force.",
    "provenance.json": "Commit, versions, machine and date.",
    "REFORMS.md": "The REFORMS checklist, filled from the run.",
    README: "What this archive is, and how to run its experiment again.",
    MAIN: "The workflow, from archives to report.",
}


def describe(
    results: Results, sources: Mapping[str, Path], digests: Mapping[str, str], *, licence: str, authors: Sequence[str]
) -> str:
    """Return the metadata of a crate as JSON text.

    Parameters
    ----------
    results : Results
        The experiment.
    sources : mapping of str to Path
        Name in the crate to file.
    digests : mapping of str to str
        Name in the crate to SHA-256.
    licence : str
        Address or SPDX name; empty where none was chosen.
    authors : sequence of str
        Names.
    """
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.1")
    told = {name: _about_file(name, path) | {"sha256": digests[name]} for name, path in sources.items()}
    for name, path in sources.items():
        if name != MAIN:
            crate.add_file(path, name, properties=told[name])
    workflow = _workflow(crate, results, sources[MAIN], told[MAIN])
    _root(crate, results, licence, authors)
    _action(crate, results, workflow)
    graph: dict[str, Any] = crate.metadata.generate()
    graph["@context"] = [graph["@context"], "https://w3id.org/ro/terms/workflow-run/context"]
    return json.dumps(graph, indent=1, ensure_ascii=False) + "\n"


def _about_file(name: str, path: Path) -> dict[str, Any]:
    short = name.split("/", 2)[-1] if name.startswith("results/") else name
    ending = Path(name).suffix
    kind = FORMATS.get(ending) or KINDS.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    told = {"name": short, "encodingFormat": kind, "contentSize": str(path.stat().st_size)}
    return told | ({"description": ABOUT[short]} if short in ABOUT else {})


def _workflow(crate: "ROCrate", results: Results, path: Path, told: dict[str, Any]) -> Any:
    packages = results.provenance.get("packages", {})
    about = told | {"name": f"lctransfer {results.provenance.get('lctransfer', '')}"}
    workflow = crate.add_workflow(
        path, MAIN, main=True, lang="snakemake", lang_version=packages.get("snakemake"), properties=about
    )
    needed = [_software(crate, name, version) for name, version in packages.items() if version]
    workflow["softwareRequirements"] = [*needed, _software(crate, "python", results.provenance.get("python", ""))]
    workflow["version"] = results.provenance.get("commit") or results.provenance.get("lctransfer", "")
    return workflow


def _software(crate: "ROCrate", name: str, version: str) -> Any:
    address = "https://www.python.org" if name == "python" else f"https://pypi.org/project/{name}/{version}/"
    told = {"@id": address, "@type": "SoftwareApplication", "name": name, "softwareVersion": version, "url": address}
    return crate.add_jsonld(told)


def _root(crate: "ROCrate", results: Results, licence: str, authors: Sequence[str]) -> None:
    made = " All of its stars are simulated." if results.simulated else ""
    crate.name = f"Experiment {results.experiment} of lctransfer"
    crate.description = (
        f"How few labels a new survey needs: {', '.join(map(results.title, results.targets))}.{made} "
        f"{results.config.get('description', '')}".strip()
    )
    crate.datePublished = results.provenance["date_utc"]
    crate.license = _licence(crate, licence)
    crate.keywords = "light curves, variable stars, transfer learning, few labels"
    for number, name in enumerate(authors, 1):
        crate.root_dataset.append_to(
            "author", crate.add_jsonld({"@id": f"#author-{number}", "@type": "Person", "name": name})
        )
    profiles = [
        {"@id": address, "@type": "CreativeWork", "name": name, "version": address.rsplit("/", 1)[-1]}
        for address, name in PROFILES.items()
    ]
    crate.root_dataset["conformsTo"] = [crate.add_jsonld(entry) for entry in profiles]


def _licence(crate: "ROCrate", licence: str) -> Any:
    if not licence:
        told = "Nobody has chosen a licence for these results yet: ask their authors."
        return crate.add_jsonld(
            {"@id": "#licence", "@type": "CreativeWork", "name": "No licence chosen", "description": told}
        )
    address = licence if "://" in licence else f"https://spdx.org/licenses/{licence}"
    return crate.add_jsonld({"@id": address, "@type": "CreativeWork", "name": licence, "description": "Licence."})


def _action(crate: "ROCrate", results: Results, workflow: Any) -> None:
    """Say what was run: the workflow on a configuration, with the report and the metrics as results."""
    place = f"results/{results.experiment}"
    given = [f"{place}/config.json", *(entry.id for entry in crate.data_entities if "/raw/" in entry.id)]
    made = [f"{place}/metrics.parquet", f"{place}/report.html"]
    action = crate.add_action(
        workflow,
        "#run",
        object=[crate.dereference(name) for name in given],
        result=[crate.dereference(name) for name in made],
        properties={
            "name": f"Run of experiment {results.experiment}",
            "endTime": results.provenance["date_utc"],
            "description": f"lctransfer run {results.experiment}",
            "actionStatus": "http://schema.org/CompletedActionStatus",
        },
    )
    crate.root_dataset["mentions"] = action
    crate.dereference(README)["about"] = crate.root_dataset
    action["agent"] = crate.root_dataset.get("author") or crate.add_jsonld(
        {"@id": "#agent", "@type": "Organization", "name": "Whoever ran the experiment; no name was given"}
    )
