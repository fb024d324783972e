"""Values of the parameters of a small training, as a person enters them."""


def training_values(raster_layer, memory_labels, model):
    """Two sensors and polygons, from the fixtures of those names; the model goes to the path ``model``."""
    return {
        "SENSOR_A": [raster_layer("optical.tif")],
        "SENSOR_B": [raster_layer("radar.tif")],
        "LABELS": memory_labels(),
        "LABEL_FIELD": ["fclass"],
        "OUTPUT_MODEL": str(model),
    }
