# Light curves to features, in shards that a cluster can spread.
rule features_shard:
    input:
        f"{DATA}/lightcurves/{{survey}}.parquet",
    output:
        temp(f"{RESULTS}/features/{{survey}}-{{shard}}-of-{{shards}}.parquet"),
    log:
        f"{RESULTS}/logs/features-{{survey}}-{{shard}}-of-{{shards}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/features-{{survey}}-{{shard}}-of-{{shards}}.tsv"
    wildcard_constraints:
        shard=r"\d+",
        shards=r"\d+",
    threads: 1
    resources:
        mem_mb=1500,
        runtime=240,
    params:
        settings=without(CONFIG.features, "shards"),
        code=stage_code.digest("features_shard", CONFIG),
    message:
        "Extract the {CONFIG.features.set} features of {wildcards.survey}, shard {wildcards.shard} of {wildcards.shards}"
    shell:
        "({RUN} features {input} -o {output} --settings {params.settings:q} --threads {threads} --shard {wildcards.shard}/{wildcards.shards})"
        " 2>&1 | tee {log}"


rule features:
    input:
        [
            f"{RESULTS}/features/{{survey}}-{shard}-of-{CONFIG.features.shards}.parquet"
            for shard in range(1, CONFIG.features.shards + 1)
        ],
    output:
        f"{RESULTS}/features/{{survey}}.parquet",
    log:
        f"{RESULTS}/logs/features-{{survey}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/features-{{survey}}.tsv"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=stage_code.digest("features", CONFIG),
    message:
        "Join the feature shards of {wildcards.survey}"
    shell:
        "({RUN} join {input} -o {output}) 2>&1 | tee {log}"
