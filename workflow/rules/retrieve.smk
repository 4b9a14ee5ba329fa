# Native files from the archives (or from their simulated stand-in), verified, with their provenance.
def archive_settings(survey):
    """Return the archive's section; a simulated archive is its own mirror."""
    mirror = f"{DATA}/mirror/{survey}" if SIMULATED else CONFIG.archive.mirror
    return to_json({**vars(CONFIG.archive), "mirror": mirror})


def addresses_corrected(survey):
    """Return a user's corrections of a survey that concern where its files lie; others need no new download."""
    given = CONFIG.surveys[survey].overrides if survey in CONFIG.surveys else {}
    return {name: {key: entry[key] for key in ("url", "mirror") if key in entry} for name, entry in given.items()}


# The files themselves are no declared outputs, since Snakemake deletes outputs before a rerun: a download resumes.
rule retrieve:
    input:
        lambda w: f"{DATA}/mirror/{w.survey}" if SIMULATED else [],
    output:
        f"{DATA}/raw/{{survey}}.json",
    log:
        f"{DATA}/logs/retrieve-{{survey}}.log",
    benchmark:
        f"{DATA}/benchmarks/retrieve-{{survey}}.tsv"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=1440,
    params:
        archive=lambda w: archive_settings(w.survey),
        collections=lambda w: to_json(CONFIG.surveys[w.survey].collections if w.survey in CONFIG.surveys else []),
        overrides=lambda w: to_json(addresses_corrected(w.survey)),
        code=lambda w: stage_code.digest("retrieve", CONFIG, survey=w.survey),
    message:
        "Retrieve the files of {wildcards.survey}"
    shell:
        "({RUN} retrieve {wildcards.survey} --settings {params.archive:q} --collections {params.collections:q}"
        " --overrides {params.overrides:q}"
        f" --directory {DATA}/raw/{{wildcards.survey}} -o {{output}}) 2>&1 | tee {{log}}"
