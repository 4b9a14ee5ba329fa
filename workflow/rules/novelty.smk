# Stars unlike any labelled class: each class of a target survey is left out of the labels in turn.
NOVELTY = expand(f"{RESULTS}/novelty/{{survey}}.parquet", survey=CONFIG.targets if CONFIG.novelty.enabled else [])


rule novelty:
    input:
        features=f"{RESULTS}/features/{{survey}}.parquet",
        source=[f"{RESULTS}/source/model.safetensors", f"{RESULTS}/source/model.json"],
    output:
        f"{RESULTS}/novelty/{{survey}}.parquet",
    log:
        f"{RESULTS}/logs/novelty-{{survey}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/novelty-{{survey}}.tsv"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=240,
    params:
        settings=to_json(CONFIG.novelty),
        transfer=TRAINING,
        min_class_size=lambda w: CONFIG.surveys[w.survey].min_class_size,
        code=stage_code.digest("novelty", CONFIG),
    message:
        "Leave each class of {wildcards.survey} out of the labels in turn"
    shell:
        "({RUN} novelty {input.features} --survey {wildcards.survey} --settings {params.settings:q}"
        " --transfer {params.transfer:q} --min-class-size {params.min_class_size}"
        f" --source {RESULTS}/source -o {{output}}) 2>&1 | tee {{log}}"
