"""The details of the selected sensor, below the tree."""

from dataclasses import replace


def test_nodata_values_stay_what_they_are_where_they_are_shown(filled):
    """The line shortened them, and whoever left it declared another value."""
    page, session = filled.sensors_page, filled.session
    values = (-9999999.0, -3.4028234663852886e38, 0.5)
    session.edit(session.form.with_sensor(0, replace(session.form.sensors[0], nodata=values)))
    filled.fill()
    page.tree.topLevelItem(0).setSelected(True)
    assert page._nodata.text() == "-9999999; -3.4028234663852886e+38; 0.5"
    page._nodata.editingFinished.emit()
    assert session.form.sensors[0].nodata == values
