"""A mirror of finished results in MLflow, for browsing. The only package that imports mlflow; nothing reads it back."""

from lctransfer.tracking.importing import mirror
from lctransfer.tracking.ui import curves_url, serve

__all__ = ["curves_url", "mirror", "serve"]
