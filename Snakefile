# Contents page: every stage is one rule file, one verb of `python -m lctransfer`, one module, one group in config/.
# Data only moves downwards. Another experiment:  snakemake --cores 2 --config 'hydra=["experiment=quickstart"]'
from snakemake.utils import min_version

min_version("9.20")


report: "workflow/captions/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/simulate.smk"
include: "workflow/rules/retrieve.smk"
include: "workflow/rules/ingest.smk"
include: "workflow/rules/features.smk"
include: "workflow/rules/pretrain.smk"
include: "workflow/rules/transfer.smk"
include: "workflow/rules/fit.smk"
include: "workflow/rules/classify.smk"
include: "workflow/rules/sensitivity.smk"
include: "workflow/rules/novelty.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/tracking.smk"


rule all:
    default_target: True
    input:
        f"{RESULTS}/report.html",
        FITTED,
        f"{RESULTS}/tracked.json" if CONFIG.tracking.enabled else [],
    message:
        f"The report is {RESULTS}/report.html"
