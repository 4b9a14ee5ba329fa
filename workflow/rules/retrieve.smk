# Native files from the archives (or from their simulated stand-in), verified, with their provenance.
def archive_settings(survey):
    """Return the archive's section; a simulated archive is its own mirror."""
    mirror = f"{DATA}/mirror/{survey}" if SIMULATED else CONFIG.archive.mirror
    return to_json({**vars(CONFIG.archive), "mirror": mirror})


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
    params:
        archive=lambda w: archive_settings(w.survey),
        collections=lambda w: to_json(CONFIG.surveys[w.survey].collections if w.survey in CONFIG.surveys else []),
        code=lambda w: stage_code.digest("retrieve", CONFIG, survey=w.survey),
    message:
        "Retrieve the files of {wildcards.survey}"
    shell:
        "({RUN} retrieve {wildcards.survey} --settings {params.archive:q} --collections {params.collections:q}"
        f" --directory {DATA}/raw/{{wildcards.survey}} -o {{output}}) 2>&1 | tee {{log}}"
