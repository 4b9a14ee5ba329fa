"""Anybody's table: columns known by their names; see `lctransfer.table.columns.NAMES`."""

from lctransfer.table.forms.base import Form, Group

FORM = Form(
    name="own",
    title="columns known by their names, such as source_id, time, mag, mag_err; lists, or a row per epoch",
    groups=(Group("", {}),),
)
