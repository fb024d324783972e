"""A new layer's legend is seen in the panel, where its node says so from the start and the panel does not."""

import pytest
from colearn.plugin.layers.legend import show_legend
from qgis.core import QgsApplication, QgsLayerTreeModel, QgsProject
from qgis.gui import QgsLayerTreeView


@pytest.fixture
def view(provider):
    root = QgsProject.instance().layerTreeRoot()
    view = QgsLayerTreeView()
    view.setModel(QgsLayerTreeModel(root, view))
    yield view
    view.deleteLater()
    QgsApplication.processEvents()
    QgsProject.instance().clear()


def test_a_group_and_its_layer_are_unfolded_in_the_panel(view, raster_layer):
    layer = raster_layer("map.tif", bands=1)
    root = QgsProject.instance().layerTreeRoot()
    group = root.insertGroup(0, "preview")
    node = group.addLayer(layer)
    QgsApplication.processEvents()

    def index(which):
        return view.node2index(which) if hasattr(view, "node2index") else view.layerTreeModel().node2index(which)

    view.blockSignals(True)  # folded in the panel alone, as some QGIS leave a new group
    view.collapse(index(group))
    view.blockSignals(False)
    assert group.isExpanded() and not view.isExpanded(index(group))
    for each in (group, node):
        show_legend(each)
    assert view.isExpanded(index(group)) and group.isExpanded() and node.isExpanded()
