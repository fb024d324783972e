"""Values given to the fields of an algorithm's form."""

from qgis.core import QgsProcessingContext


def give(form, name, value):
    """Set a field, of the form's fields by parameter."""
    form[name].setParameterValue(value, QgsProcessingContext())
