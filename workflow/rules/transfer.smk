# The sweep: one job per (survey, strategy), its label fractions and seeds inside, since most fits are shorter than the
# start of a process.
FOLDERS = [fraction_folder(wanted) for wanted in sorted([*CONFIG.transfer.fractions, *CONFIG.transfer.label_counts])]
SWEEP = expand(
    f"{RESULTS}/transfer/{{survey}}/{{strategy}}/{{folder}}/metrics.parquet",
    survey=CONFIG.targets,
    strategy=CONFIG.transfer.strategies,
    folder=FOLDERS,
)


rule transfer:
    input:
        features=f"{RESULTS}/features/{{survey}}.parquet",
        source=[f"{RESULTS}/source/model.safetensors", f"{RESULTS}/source/model.json"],
    output:
        expand(
            f"{RESULTS}/transfer/{{{{survey}}}}/{{{{strategy}}}}/{{folder}}/{{name}}.parquet",
            folder=FOLDERS,
            name=["metrics", "predictions"],
        ),
    log:
        f"{RESULTS}/logs/transfer-{{survey}}-{{strategy}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/transfer-{{survey}}-{{strategy}}.tsv"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=240,
    params:
        # Which other strategies there are does not matter to this job, nor does the order of the fractions.
        settings=without(replace(CONFIG.transfer, fractions=sorted(CONFIG.transfer.fractions)), "strategies"),
        min_class_size=lambda w: CONFIG.surveys[w.survey].min_class_size,
        code=lambda w: stage_code.digest("transfer", CONFIG, strategy=w.strategy),
    message:
        "Transfer to {wildcards.survey} by {wildcards.strategy}"
    shell:
        "({RUN} transfer {input.features} --survey {wildcards.survey} --strategy {wildcards.strategy}"
        " --settings {params.settings:q} --min-class-size {params.min_class_size}"
        f" --source {RESULTS}/source -o {RESULTS}/transfer/{{wildcards.survey}}/{{wildcards.strategy}}) 2>&1 | tee {{log}}"


rule collect:
    input:
        SWEEP,
    output:
        f"{RESULTS}/metrics.parquet",
    log:
        f"{RESULTS}/logs/collect.log",
    benchmark:
        f"{RESULTS}/benchmarks/collect.tsv"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=stage_code.digest("collect", CONFIG),
    message:
        "Collect the metrics of the whole sweep"
    shell:
        "({RUN} join {input} -o {output}) 2>&1 | tee {log}"
