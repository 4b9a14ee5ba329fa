# What people open.
rule report:
    input:
        f"{RESULTS}/metrics.parquet",
        expand(f"{RESULTS}/features/{{survey}}.parquet", survey=[*CONFIG.sources, *CONFIG.targets]),
        expand(f"{DATA}/lightcurves/{{survey}}.json", survey=[*CONFIG.sources, *CONFIG.targets]),
        rules.pretrain.output,
        SENSITIVITY,
        UNLIKE,
    output:
        f"{RESULTS}/report.html",
        f"{RESULTS}/config.json",
        f"{RESULTS}/provenance.json",
        directory(f"{RESULTS}/figures"),
        directory(f"{RESULTS}/tables"),
    log:
        f"{RESULTS}/logs/report.log",
    benchmark:
        f"{RESULTS}/benchmarks/report.tsv"
    params:
        config=to_json(CONFIG),
        code=code.digest("report"),
    message:
        f"Write the report of experiment {CONFIG.experiment}"
    shell:
        f"({{RUN}} report {RESULTS} --data {DATA} --config {{params.config:q}}) 2>&1 | tee {{log}}"
