# The source model: trained on the source surveys, or the released weights.
SOURCE = [
    f"{RESULTS}/source/{name}"
    for name in ("model.safetensors", "model.json", "metrics.json", "history.csv", "predictions.parquet")
]


if CONFIG.pretrain.source == "released":

    rule pretrain:
        input:
            f"{DATA}/raw/upsilont.json",
        output:
            SOURCE[:2],
        log:
            f"{RESULTS}/logs/pretrain.log",
        benchmark:
            f"{RESULTS}/benchmarks/pretrain.tsv"
        params:
            code=code.digest("models.released"),
        message:
            "Take the released UPSILoN-T weights as the source model"
        shell:
            f"({{RUN}} pretrain --released {DATA}/raw/upsilont/state_dict.pt -o {RESULTS}/source) 2>&1 | tee {{log}}"

else:

    rule pretrain:
        input:
            expand(f"{RESULTS}/features/{{survey}}.parquet", survey=CONFIG.sources),
        output:
            SOURCE,
        log:
            f"{RESULTS}/logs/pretrain.log",
        benchmark:
            f"{RESULTS}/benchmarks/pretrain.tsv"
        params:
            model=to_json(CONFIG.model),
            settings=to_json(CONFIG.pretrain),
            code=code.digest("pretrain"),
        message:
            f"Train the source model on {' and '.join(CONFIG.sources)}"
        shell:
            "({RUN} pretrain {input} --model {params.model:q} --settings {params.settings:q}"
            f" --feature-set {CONFIG.features.set} -o {RESULTS}/source) 2>&1 | tee {{log}}"
