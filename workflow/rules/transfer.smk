# The sweep: one job per (survey, strategy, label fraction), its seeds inside.
SWEEP = expand(
    f"{RESULTS}/transfer/{{survey}}/{{strategy}}/fraction-{{fraction}}/metrics.parquet",
    survey=CONFIG.targets,
    strategy=CONFIG.transfer.strategies,
    fraction=[f"{fraction:.4f}" for fraction in CONFIG.transfer.fractions],
)


rule transfer:
    input:
        features=f"{RESULTS}/features/{{survey}}.parquet",
        source=[f"{RESULTS}/source/model.safetensors", f"{RESULTS}/source/model.json"],
    output:
        f"{RESULTS}/transfer/{{survey}}/{{strategy}}/fraction-{{fraction}}/metrics.parquet",
        f"{RESULTS}/transfer/{{survey}}/{{strategy}}/fraction-{{fraction}}/predictions.parquet",
    log:
        f"{RESULTS}/logs/transfer-{{survey}}-{{strategy}}-{{fraction}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/transfer-{{survey}}-{{strategy}}-{{fraction}}.tsv"
    params:
        # Which other fractions and strategies there are does not matter to this job.
        settings=to_json({**vars(CONFIG.transfer), "fractions": [], "strategies": []}),
        min_class_size=lambda w: CONFIG.surveys[w.survey].min_class_size,
        code=lambda w: code.digest("transfer"),
    message:
        "Transfer to {wildcards.survey} by {wildcards.strategy} with {wildcards.fraction} of its labels"
    shell:
        "({RUN} transfer {input.features} --survey {wildcards.survey} --strategy {wildcards.strategy}"
        " --fraction {wildcards.fraction} --settings {params.settings:q} --min-class-size {params.min_class_size}"
        f" --source {RESULTS}/source"
        f" -o {RESULTS}/transfer/{{wildcards.survey}}/{{wildcards.strategy}}/fraction-{{wildcards.fraction}})"
        " 2>&1 | tee {log}"


rule collect:
    input:
        SWEEP,
    output:
        f"{RESULTS}/metrics.parquet",
    log:
        f"{RESULTS}/logs/collect.log",
    benchmark:
        f"{RESULTS}/benchmarks/collect.tsv"
    message:
        "Collect the metrics of the whole sweep"
    shell:
        "({RUN} join {input} -o {output}) 2>&1 | tee {log}"
