# Native files to one light-curve table per survey.
def own_files(survey):
    """Return the table of somebody's own that stands for a survey, its class map and labels; none for an archive's."""
    own = CONFIG.surveys[survey]
    return own.table, own.class_map, own.labels


STRICT = " --strict" if CONFIG.archive.strict else ""


rule ingest:
    input:
        # Somebody's own table needs no files of an archive.
        raw=lambda w: [] if any(own_files(w.survey)) else f"{DATA}/raw/{w.survey}.json",
        # A star of a source survey may not come back as a target: it is left out, and counted.
        sources=lambda w: (
            expand(f"{DATA}/lightcurves/{{source}}.parquet", source=CONFIG.sources)
            if w.survey in CONFIG.targets
            else []
        ),
    output:
        table=f"{DATA}/lightcurves/{{survey}}.parquet",
        summary=f"{DATA}/lightcurves/{{survey}}.json",
    log:
        f"{DATA}/logs/ingest-{{survey}}.log",
    benchmark:
        f"{DATA}/benchmarks/ingest-{{survey}}.tsv"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        settings=lambda w: to_json(CONFIG.surveys[w.survey]),
        contents=lambda w: contents(*own_files(w.survey)),
        code=lambda w: stage_code.digest("ingest", CONFIG, survey=w.survey),
    message:
        "Read the native files of {wildcards.survey} into one light-curve table"
    shell:
        "({RUN} ingest {wildcards.survey} --settings {params.settings:q}"
        f" --directory {DATA}/raw/{{wildcards.survey}} --not-in {{input.sources}}{STRICT} -o {{output.table}}) 2>&1 | tee {{log}}"
