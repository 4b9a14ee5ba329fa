# What people open.
rule report:
    input:
        f"{RESULTS}/metrics.parquet",
        expand(f"{RESULTS}/features/{{survey}}.parquet", survey=[*CONFIG.sources, *CONFIG.targets]),
        expand(f"{DATA}/lightcurves/{{survey}}.json", survey=[*CONFIG.sources, *CONFIG.targets]),
        rules.pretrain.output,
        SENSITIVITY,
        NOVELTY,
        CATALOGUES,
    output:
        report(f"{RESULTS}/report.html", caption="../captions/page.rst", category="Report"),
        f"{RESULTS}/config.json",
        f"{RESULTS}/provenance.json",
        report(
            directory(f"{RESULTS}/figures"),
            patterns=["{name}.svg"],
            caption="../captions/figure.rst",
            category="Figures",
            labels={"figure": "{name}"},
        ),
        report(
            directory(f"{RESULTS}/tables"),
            patterns=["{name}.csv"],
            caption="../captions/table.rst",
            category="Tables",
            labels={"table": "{name}"},
        ),
    log:
        f"{RESULTS}/logs/report.log",
    benchmark:
        f"{RESULTS}/benchmarks/report.tsv"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        config=lambda w: to_json(CONFIG),
        reference=lambda w: contents(CONFIG.report.reference),
        code=stage_code.digest("report", CONFIG),
    message:
        f"Write the report of experiment {CONFIG.experiment}"
    shell:
        f"({{RUN}} report {RESULTS} --data {DATA} --config {{params.config:q}}) 2>&1 | tee {{log}}"
