# A classifier per target survey to keep and to serve: one strategy, at the sweep's largest label fraction.
FITTED = expand(
    f"{RESULTS}/fit/{{survey}}/{{name}}",
    survey=CONFIG.targets if CONFIG.fit.enabled else [],
    name=["classifier.json", "classifier.safetensors", "metrics.json"],
)


rule fit:
    input:
        features=f"{RESULTS}/features/{{survey}}.parquet",
        source=[f"{RESULTS}/source/model.safetensors", f"{RESULTS}/source/model.json"],
    output:
        expand(
            f"{RESULTS}/fit/{{{{survey}}}}/{{name}}",
            name=["classifier.json", "classifier.safetensors", "metrics.json"],
        ),
    log:
        f"{RESULTS}/logs/fit-{{survey}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/fit-{{survey}}.tsv"
    params:
        settings=TRAINING,
        strategy=CONFIG.fit.strategy,
        fraction=max(CONFIG.transfer.fractions),
        min_class_size=lambda w: CONFIG.surveys[w.survey].min_class_size,
        code=stage_code.digest("fit", CONFIG),
    message:
        "Fit a classifier of {wildcards.survey} to keep"
    shell:
        "({RUN} fit {input.features} --strategy {params.strategy} --fraction {params.fraction}"
        " --settings {params.settings:q} --min-class-size {params.min_class_size}"
        f" --source {RESULTS}/source -o {RESULTS}/fit/{{wildcards.survey}}) 2>&1 | tee {{log}}"
