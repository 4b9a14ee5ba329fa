# An archive of simulated stars, in the files and folders of the live one.
rule simulate:
    output:
        directory(f"{DATA}/mirror/{{survey}}"),
    log:
        f"{DATA}/logs/simulate-{{survey}}.log",
    benchmark:
        f"{DATA}/benchmarks/simulate-{{survey}}.tsv"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=30,
    params:
        stars=lambda w: CONFIG.surveys[w.survey].stars,
        seed=CONFIG.archive.seed,
        code=lambda w: stage_code.digest("simulate", CONFIG, survey=w.survey),
    message:
        "Simulate {params.stars} light curves of {wildcards.survey}, in its archive's own files"
    shell:
        "({RUN} simulate {wildcards.survey} --stars {params.stars} --seed {params.seed} -o {output}) 2>&1 | tee {log}"
