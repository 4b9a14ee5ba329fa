# Stars unlike any labelled class: each class of a target survey is left out of the labels in turn.
UNLIKE = expand(f"{RESULTS}/unlike/{{survey}}.parquet", survey=CONFIG.targets if CONFIG.unlike.enabled else [])


rule unlike:
    input:
        features=f"{RESULTS}/features/{{survey}}.parquet",
        source=[f"{RESULTS}/source/model.safetensors", f"{RESULTS}/source/model.json"],
    output:
        f"{RESULTS}/unlike/{{survey}}.parquet",
    log:
        f"{RESULTS}/logs/unlike-{{survey}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/unlike-{{survey}}.tsv"
    params:
        settings=to_json(CONFIG.unlike),
        transfer=TRAINING,
        min_class_size=lambda w: CONFIG.surveys[w.survey].min_class_size,
        code=code.digest("unlike"),
    message:
        "Leave each class of {wildcards.survey} out of the labels in turn"
    shell:
        "({RUN} unlike {input.features} --survey {wildcards.survey} --settings {params.settings:q}"
        " --transfer {params.transfer:q} --min-class-size {params.min_class_size}"
        f" --source {RESULTS}/source -o {{output}}) 2>&1 | tee {{log}}"
