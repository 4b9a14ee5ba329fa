# A model per target survey to keep and to serve: one strategy, on every label unless fit.fraction says otherwise.
MODEL_FILES = ["classifier.json", "classifier.safetensors", "calibration.safetensors", "card.json", "metrics.json"]
FITTED = expand(
    f"{RESULTS}/fit/{{survey}}/{{name}}",
    survey=CONFIG.targets if CONFIG.fit.enabled else [],
    name=MODEL_FILES,
)


rule fit:
    input:
        features=f"{RESULTS}/features/{{survey}}.parquet",
        source=[f"{RESULTS}/source/model.safetensors", f"{RESULTS}/source/model.json"],
    output:
        expand(f"{RESULTS}/fit/{{{{survey}}}}/{{name}}", name=MODEL_FILES),
    log:
        f"{RESULTS}/logs/fit-{{survey}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/fit-{{survey}}.tsv"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=120,
    params:
        settings=TRAINING,
        features=without(CONFIG.features, "shards"),
        options=lambda w: (
            f"--strategy {CONFIG.fit.strategy} --fraction {CONFIG.fit.fraction} --folds {CONFIG.fit.folds}"
            f" --min-class-size {max(2, CONFIG.surveys[w.survey].min_class_size)}"
            f" --class-proportions {CONFIG.fit.class_proportions}"
        ),
        licence=CONFIG.fit.licence or "not stated",
        code=stage_code.digest("fit", CONFIG),
    message:
        "Fit a model of {wildcards.survey} to keep"
    shell:
        "({RUN} fit {input.features} {params.options} --licence {params.licence:q}"
        " --settings {params.settings:q} --features {params.features:q} --threads {threads}"
        f" --source {RESULTS}/source -o {RESULTS}/fit/{{wildcards.survey}}) 2>&1 | tee {{log}}"
