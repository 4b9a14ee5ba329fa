# The catalogue: the class of every star of a target survey, labelled or not, in shards that a cluster can spread.
CATALOGUES = expand(
    f"{RESULTS}/catalogue/{{survey}}.parquet",
    survey=CONFIG.targets if CONFIG.classify.enabled and CONFIG.fit.enabled else [],
)


rule classify_shard:
    input:
        features=f"{RESULTS}/features/{{survey}}.parquet",
        model=expand(f"{RESULTS}/fit/{{{{survey}}}}/{{name}}", name=MODEL_FILES),
    output:
        temp(f"{RESULTS}/catalogue/{{survey}}-{{shard}}-of-{{shards}}.parquet"),
    log:
        f"{RESULTS}/logs/classify-{{survey}}-{{shard}}-of-{{shards}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/classify-{{survey}}-{{shard}}-of-{{shards}}.tsv"
    wildcard_constraints:
        shard=r"\d+",
        shards=r"\d+",
    threads: 1
    resources:
        mem_mb=1500,
        runtime=240,
    params:
        level=CONFIG.classify.level,
        code=stage_code.digest("classify_shard", CONFIG),
    message:
        "Classify the stars of {wildcards.survey}, shard {wildcards.shard} of {wildcards.shards}"
    shell:
        f"({{RUN}} classify {RESULTS}/fit/{{wildcards.survey}} {{input.features}} -o {{output}} --level {{params.level}}"
        " --threads {threads} --restart --shard {wildcards.shard}/{wildcards.shards}) 2>&1 | tee {log}"


rule classify:
    input:
        [
            f"{RESULTS}/catalogue/{{survey}}-{shard}-of-{CONFIG.features.shards}.parquet"
            for shard in range(1, CONFIG.features.shards + 1)
        ],
    output:
        f"{RESULTS}/catalogue/{{survey}}.parquet",
    log:
        f"{RESULTS}/logs/classify-{{survey}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/classify-{{survey}}.tsv"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    message:
        "Join the catalogue of {wildcards.survey}"
    shell:
        "({RUN} join {input} -o {output}) 2>&1 | tee {log}"
