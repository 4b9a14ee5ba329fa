# The source model: trained on the source surveys, or one that exists: the released weights, or somebody's folder.
SOURCE = [
    f"{RESULTS}/source/{name}"
    for name in ("model.safetensors", "model.json", "metrics.json", "history.csv", "predictions.parquet")
]


if CONFIG.pretrain.source == "train":

    rule pretrain:
        input:
            expand(f"{RESULTS}/features/{{survey}}.parquet", survey=CONFIG.sources),
        output:
            SOURCE,
        log:
            f"{RESULTS}/logs/pretrain.log",
        benchmark:
            f"{RESULTS}/benchmarks/pretrain.tsv"
        threads: 1
        resources:
            mem_mb=2000,
            runtime=240,
        params:
            model=to_json(CONFIG.model),
            settings=to_json(CONFIG.pretrain),
            code=stage_code.digest("pretrain", CONFIG),
        message:
            f"Train the source model on {' and '.join(CONFIG.sources)}"
        shell:
            "({RUN} pretrain {input} --model {params.model:q} --settings {params.settings:q}"
            f" --feature-set {CONFIG.pretrain.features} -o {RESULTS}/source) 2>&1 | tee {{log}}"

else:
    RELEASED = CONFIG.pretrain.source == "released"
    SKY = PACKAGE / "models" / "sky"
    FOLDER = SKY if CONFIG.pretrain.source == "simulated" else Path(CONFIG.pretrain.source)

    FILES = FOLDER / "model.safetensors", FOLDER / "model.json"

    rule pretrain:
        input:
            # Which bytes are right stands in the code: that they are fetched anew is no reason to start anew.
            ancient(f"{DATA}/raw/upsilont.json") if RELEASED else [],
        output:
            SOURCE[:2],
        log:
            f"{RESULTS}/logs/pretrain.log",
        benchmark:
            f"{RESULTS}/benchmarks/pretrain.tsv"
        threads: 1
        resources:
            mem_mb=2000,
            runtime=240,
        params:
            named=lambda w: f"{DATA}/raw/upsilont/state_dict.pt" if RELEASED else str(FOLDER),
            contents=lambda w: [] if RELEASED else contents(*FILES),
            code=stage_code.digest("pretrain", CONFIG),
        message:
            "Take {params.named} as the source model"
        shell:
            f"({{RUN}} pretrain --take {{params.named:q}} -o {RESULTS}/source) 2>&1 | tee {{log}}"
