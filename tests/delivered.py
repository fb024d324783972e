"""Small products with the names, the metadata and the formats of real ones."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import numpy as np
from osgeo import gdal, osr

from world import EPSG, NORTH, WEST

TILE = "T33UUU"
_S2_BANDS = "B01 B02 B03 B04 B05 B06 B07 B08 B8A B09 B10 B11 B12"
S2_NATIVE_M = dict(zip(_S2_BANDS.split(), (60, 10, 10, 10, 20, 20, 20, 10, 20, 60, 60, 20, 20)))
NEW_OFFSETS = "".join(f'<BOA_ADD_OFFSET band_id="{at}">-1000</BOA_ADD_OFFSET>' for at in range(13))


def write(path: Path, array: np.ndarray, pixel_m: float, *, nodata: float | None = None, west: float = WEST) -> None:
    """Write (band, row, col) as GeoTIFF, or as lossless JPEG 2000 where the name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    codes = {"uint8": gdal.GDT_Byte, "uint16": gdal.GDT_UInt16, "int16": gdal.GDT_Int16}
    is_jp2 = path.suffix == ".jp2"
    bands, rows, cols = array.shape
    driver = gdal.GetDriverByName("MEM" if is_jp2 else "GTiff")
    dataset = driver.Create("" if is_jp2 else str(path), cols, rows, bands, codes[array.dtype.name])
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(EPSG)
    dataset.SetSpatialRef(reference)
    dataset.SetGeoTransform((west, pixel_m, 0, NORTH, 0, -pixel_m))
    for number in range(bands):
        band = dataset.GetRasterBand(number + 1)
        band.WriteArray(array[number])
        if nodata is not None:
            band.SetNoDataValue(nodata)
    if is_jp2:
        options = ["QUALITY=100", "REVERSIBLE=YES"]
        gdal.GetDriverByName("JP2OpenJPEG").CreateCopy(str(path), dataset, options=options)


def make_safe(
    folder: Path,
    bands: dict[str, np.ndarray],
    scl: np.ndarray | None,
    *,
    baseline: str = "02.13",
    offsets: str = "",
    date: str = "20200601",
    level: str = "L2A",
    tile: str = TILE,
    west: float = WEST,
) -> Path:
    """A SAFE folder with bands (row, col) of stored numbers in their own pixel size, SCL in 20 m; the folder."""
    stamp = f"{date}T101031"
    code = baseline.replace(".", "")
    safe = folder / f"S2A_MSI{level}_{stamp}_N{code}_R022_{tile}_{date}T141010.SAFE"
    images = safe / "GRANULE" / f"{level}_{tile}_A025811_{stamp}" / "IMG_DATA"
    for name, array in bands.items():
        size = S2_NATIVE_M[name]
        inside = f"R{size}m/{tile}_{stamp}_{name}_{size}m.jp2" if level == "L2A" else f"{tile}_{stamp}_{name}.jp2"
        write(images / inside, array[np.newaxis].astype(np.uint16), size, west=west)
    if scl is not None:
        write(images / "R20m" / f"{tile}_{stamp}_SCL_20m.jp2", scl[np.newaxis].astype(np.uint8), 20, west=west)
    kind = "BOA_QUANTIFICATION_VALUE" if level == "L2A" else "QUANTIFICATION_VALUE"
    (safe / f"MTD_MSI{level}.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<n1:Level-2A_User_Product>'
        f"<PROCESSING_BASELINE>{baseline}</PROCESSING_BASELINE>"
        f'<{kind} unit="none">10000</{kind}>'
        f"<BOA_ADD_OFFSET_VALUES_LIST>{offsets}</BOA_ADD_OFFSET_VALUES_LIST></n1:Level-2A_User_Product>\n"
    )
    return safe


def make_landsat(folder: Path, bands: dict[str, np.ndarray], qa: np.ndarray, *, sensor: str = "LC08", mtl=True) -> Path:
    """A folder of Level 2, Collection 2: bands SR_B2, … of stored numbers (row, col) and QA_PIXEL."""
    product = f"{sensor}_L2SP_193023_20200601_20200825_02_T1"
    place = folder / product
    for name, array in bands.items():
        write(place / f"{product}_{name}.TIF", array[np.newaxis].astype(np.uint16), 30, nodata=0)
    write(place / f"{product}_QA_PIXEL.TIF", qa[np.newaxis].astype(np.uint16), 30, nodata=1)
    if mtl:
        (place / f"{product}_MTL.txt").write_text(
            "GROUP = LANDSAT_METADATA_FILE\n  GROUP = LEVEL2_SURFACE_REFLECTANCE_PARAMETERS\n"
            + "".join(
                f"    REFLECTANCE_MULT_BAND_{number} = 2.75e-05\n    REFLECTANCE_ADD_BAND_{number} = -0.2\n"
                for number in range(1, 8)
            )
            + "  END_GROUP = LEVEL2_SURFACE_REFLECTANCE_PARAMETERS\n  GROUP = LEVEL1_RADIOMETRIC_RESCALING\n"
            "    REFLECTANCE_MULT_BAND_2 = 2.0000E-05\n    REFLECTANCE_ADD_BAND_2 = -0.100000\nEND\n"
        )
    return place


def make_enmap(folder: Path, cube: np.ndarray, wavelengths: tuple[float, ...], layers: dict[str, np.ndarray]) -> Path:
    """A folder of Level 2A: a cube (band, row, col) of int16, −32768 where there is nothing, and quality layers."""
    product = "ENMAP01-____L2A-DT0000001867_20220724T104526Z_008_V010302_20230628T165614Z"
    place = folder / product
    write(place / f"{product}-SPECTRAL_IMAGE.TIF", cube.astype(np.int16), 30, nodata=-32768)
    for name, array in layers.items():
        write(place / f"{product}-QL_QUALITY_{name}.TIF", array[np.newaxis].astype(np.uint8), 30)
    described = "".join(
        f'<bandID number="{number}"><wavelengthCenterOfBand>{nm}</wavelengthCenterOfBand><FWHMOfBand>6.9</FWHMOfBand>'
        "<GainOfBand>0.0001</GainOfBand><OffsetOfBand>0</OffsetOfBand></bandID>"
        for number, nm in enumerate(wavelengths, 1)
    )
    text = f"<level_X><bandCharacterisation>{described}</bandCharacterisation></level_X>"
    (place / f"{product}-METADATA.XML").write_text(text)
    return place


def zipped(folder: Path, archive: Path) -> Path:
    """A folder as a ZIP with the folder itself inside, as portals deliver it."""
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(folder.rglob("*")):
            file.write(path, path.relative_to(folder.parent))
    return archive


def tarred(folder: Path, archive: Path) -> Path:
    """A folder's files as a tar without a folder inside, as USGS delivers it."""
    with tarfile.open(archive, "w") as file:
        for path in sorted(folder.iterdir()):
            file.add(path, path.name)
    return archive
