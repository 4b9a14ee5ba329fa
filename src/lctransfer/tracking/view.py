"""What MLflow's interface shows at the address that `make ui` opens: every curve of the main draw in one chart."""

import base64
import json
import zlib
from typing import Any

from lctransfer.tracking.curves import PERCENT

NAME = "curves"


def _chart(place: int, metric: str, title: str) -> dict[str, Any]:
    return {
        "type": "LINE",
        "uuid": f"lctransfer-{place}",
        "metricSectionId": "lctransfer",
        "deleted": False,
        "isGenerated": False,
        "runsCountToCompare": 1000,
        "metricKey": metric,
        "selectedMetricKeys": [metric],
        "displayName": title,
        "xAxisKey": "metric",
        "selectedXAxisMetricKey": PERCENT,
        "useGlobalXaxisKey": False,
        "xAxisScaleType": "linear",
        "scaleType": "linear",
        "lineSmoothness": 0,
        "useGlobalLineSmoothing": False,
        "displayPoints": True,
        "yAxisKey": "metric",
        "yAxisExpressions": [],
        "range": {},
        "ignoreOutliers": False,
    }


STATE = {
    "orderByKey": "attributes.start_time",
    "orderByAsc": False,
    "startTime": "ALL",
    "lifecycleFilter": "Active",
    "datasetsFilter": [],
    "modelVersionFilter": "All Runs",
    # Without this the interface hides all but ten runs.
    "runsHiddenMode": "SHOWALL",
    "compareRunSections": [
        {
            "uuid": "lctransfer",
            "name": "Label efficiency",
            "display": True,
            "isReordered": False,
            "deleted": False,
            "isGenerated": False,
            "columns": 1,
            "cardHeight": 520,
        }
    ],
    "compareRunCharts": [_chart(0, "M_c", "M_c against the label fraction")],
}


def tags(note: str, draw: str) -> dict[str, str]:
    """Return the tags of an experiment that MLflow's interface reads: its note, and the shared view of one draw."""
    state = STATE | {"searchFilter": f"tags.kind = 'curve' and params.labels = '{draw}'"}
    packed = base64.b64encode(zlib.compress(json.dumps(state).encode())).decode()
    shared = {f"mlflow.sharedViewState.{NAME}": f"deflate;{packed}", "mlflow.note.content": note}
    # Else the interface offers chats and prompts instead of runs and models.
    return shared | {"mlflow.experimentKind": "custom_model_development"}


def address(server: str, identity: str) -> str:
    """Return where a server shows the curves of the experiment of that id."""
    query = f"viewStateShareKey={NAME}&compareRunsMode=CHART&workflowType=machine_learning"
    return f"{server}/#/experiments/{identity}/runs?{query}"
