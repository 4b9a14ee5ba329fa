# MLflow mirrors the results. The database is no declared output: Snakemake would delete it before a rerun.
rule tracking:
    input:
        f"{RESULTS}/metrics.parquet",
        f"{RESULTS}/report.html",
        FITTED,
    output:
        f"{RESULTS}/tracked.json",
    log:
        f"{RESULTS}/logs/tracking.log",
    benchmark:
        f"{RESULTS}/benchmarks/tracking.tsv"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        uri=lambda w: CONFIG.tracking.uri,
        code=stage_code.digest("tracking", CONFIG),
    message:
        "Mirror the results in MLflow at {params.uri}"
    shell:
        f"({{RUN}} tracking {RESULTS} --uri {{params.uri:q}} -o {{output}}) 2>&1 | tee {{log}}"
