"""Struct columns, as nested-pandas, HATS catalogues and Hugging Face have them, as plain columns with a dotted name."""

import pyarrow as pa
import pyarrow.compute as pc


def flattened(table: pa.Table) -> pa.Table:
    """Return a table whose structs, and lists of structs, are columns of their fields: ``lightcurve.mag``."""
    while any(_nested(kind) for kind in table.schema.types):
        names: list[str] = []
        columns: list[pa.ChunkedArray | pa.Array] = []
        fields: list[pa.Field] = []
        for field, column in zip(table.schema, table.columns):
            for name, part in _parts(field, column):
                names.append(name)
                columns.append(part)
                fields.append(pa.field(name, part.type, metadata=field.metadata))
        table = pa.Table.from_arrays(columns, schema=pa.schema(fields, table.schema.metadata))
    return table


def _nested(kind: pa.DataType) -> bool:
    return pa.types.is_struct(kind) or (_is_list(kind) and pa.types.is_struct(kind.value_type))


def _is_list(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)


def _parts(field: pa.Field, column: pa.ChunkedArray) -> list[tuple[str, pa.ChunkedArray | pa.Array]]:
    if pa.types.is_struct(field.type):
        whole = column.combine_chunks()
        return [(f"{field.name}.{part.name}", pc.struct_field(whole, [i])) for i, part in enumerate(field.type)]
    if not _nested(field.type):
        return [(field.name, column)]
    lists = column.combine_chunks().cast(pa.list_(field.type.value_type))
    lists = lists.fill_null(pa.scalar([], lists.type)) if lists.null_count else lists
    values, lengths = lists.flatten(), pc.list_value_length(lists)
    offsets = pa.concat_arrays([pa.array([0], pa.int64()), pc.cumulative_sum(lengths.cast(pa.int64()))])
    return [
        (f"{field.name}.{part.name}", pa.LargeListArray.from_arrays(offsets, pc.struct_field(values, [i])))
        for i, part in enumerate(field.type.value_type)
    ]
