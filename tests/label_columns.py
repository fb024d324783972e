"""Columns of labels, as read from a layer."""

from colearn.engine.samples.labels.label_columns import LabelColumns


def columns(*values, kind="string", names=None) -> LabelColumns:
    names = names or tuple(f"field{at}" for at in range(len(values)))
    return LabelColumns(names, (kind,) * len(values), tuple(list(column) for column in values), "labels")
