# How few epochs, and how short a time, are enough: one target survey's light curves, subsampled.
SUBSAMPLED = CONFIG.sensitivity.survey or next(iter(CONFIG.targets), "")
SENSITIVITY = [f"{RESULTS}/sensitivity.parquet"] if CONFIG.sensitivity.enabled and SUBSAMPLED else []


rule sensitivity:
    input:
        table=f"{DATA}/lightcurves/{SUBSAMPLED}.parquet",
        source=[f"{RESULTS}/source/model.safetensors", f"{RESULTS}/source/model.json"],
    output:
        f"{RESULTS}/sensitivity.parquet",
    log:
        f"{RESULTS}/logs/sensitivity.log",
    benchmark:
        f"{RESULTS}/benchmarks/sensitivity.tsv"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=240,
    params:
        settings=to_json(CONFIG.sensitivity),
        transfer=TRAINING,
        features=without(CONFIG.features, "shards"),
        min_class_size=CONFIG.surveys[SUBSAMPLED].min_class_size if SUBSAMPLED else 0,
        code=stage_code.digest("sensitivity", CONFIG),
    message:
        f"Subsample the light curves of {SUBSAMPLED}, and classify them again"
    shell:
        "({RUN} sensitivity {input.table} --settings {params.settings:q} --transfer {params.transfer:q}"
        " --features {params.features:q} --min-class-size {params.min_class_size}"
        f" --source {RESULTS}/source -o {{output}}) 2>&1 | tee {{log}}"
