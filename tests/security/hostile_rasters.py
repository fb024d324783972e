"""Untrusted rasters and layers, as texts: what they refer to is no file, or lies elsewhere."""

from __future__ import annotations

ADDRESS = "http://127.0.0.1:{port}/scene.tif"
_HEAD = "<SRS>EPSG:32633</SRS><GeoTransform>500000,10,0,5000000,0,-10</GeoTransform>"


def vrt(inside: str, head: str = _HEAD, size: int = 20) -> str:
    return f'<VRTDataset rasterXSize="{size}" rasterYSize="{size}">{head}{inside}</VRTDataset>'


def band(inside: str, attributes: str = "") -> str:
    return f'<VRTRasterBand dataType="Byte" band="1" {attributes}>{inside}</VRTRasterBand>'


def source(name: str, relative: int = 0, tag: str = "SourceFilename") -> str:
    area = '<SrcRect xOff="0" yOff="0" xSize="20" ySize="20"/><DstRect xOff="0" yOff="0" xSize="20" ySize="20"/>'
    named = f'<{tag} relativeToVRT="{relative}">{name}</{tag}><SourceBand>1</SourceBand>'
    facts = '<SourceProperties RasterXSize="20" RasterYSize="20" DataType="Byte" BlockXSize="20" BlockYSize="20"/>'
    return f"<SimpleSource>{named}{facts}{area}</SimpleSource>"


_MEMORY = "MEM:::DATAPOINTER=4096,PIXELS=20,LINES=20,DATATYPE=Byte"
_RAW = '<SourceFilename relativeToVRT="{}">{}</SourceFilename><ImageOffset>0</ImageOffset><PixelOffset>1</PixelOffset>'
_RAW_OF = _RAW.format(0, "/etc/passwd") + "<LineOffset>20</LineOffset>"
_PYTHON = (
    "<PixelFunctionType>f</PixelFunctionType><PixelFunctionLanguage>Python</PixelFunctionLanguage>"
    "<PixelFunctionCode>import os\ndef f(a, b, *c, **d): os.mkdir('{folder}/run')</PixelFunctionCode>"
)
_WARPED = (
    '<BlockXSize>20</BlockXSize><BlockYSize>20</BlockYSize><GDALWarpOptions><SourceDataset relativeToVRT="0">{}'
    "</SourceDataset><BandList><BandMapping src='1' dst='1'/></BandList></GDALWarpOptions>"
)
_SERVICE = (
    '<GDAL_WMS><Service name="TMS"><ServerUrl>http://127.0.0.1:{port}/${{z}}/${{x}}/${{y}}.png</ServerUrl></Service>'
    "<DataWindow><UpperLeftX>0</UpperLeftX><UpperLeftY>100</UpperLeftY><LowerRightX>100</LowerRightX>"
    "<LowerRightY>0</LowerRightY><TileLevel>0</TileLevel><TileCountX>1</TileCountX><TileCountY>1</TileCountY></DataWindow>"
    "<Projection>EPSG:32633</Projection><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY></GDAL_WMS>"
)

# Name of the file → its text; {port} is a server's that counts, {folder} the folder they lie in.
RASTERS: dict[str, str] = {
    "memory.vrt": vrt(band(source(_MEMORY))),
    "memory in capitals.vrt": vrt(band(source(_MEMORY, tag="SOURCEFILENAME"))),
    "memory as attribute.vrt": vrt(band(f'<SimpleSource SourceFilename="{_MEMORY}"/>')),
    "memory by a path.vrt": vrt(band(source(f" {_MEMORY}"))),
    "raw.vrt": vrt(band(_RAW_OF, 'subClass="VRTRawRasterBand"')),
    "raw in capitals.vrt": vrt(band(_RAW_OF, 'SUBCLASS="vrtrawrasterband"')),
    "raw as element.vrt": vrt(band(f"<subClass>VRTRawRasterBand</subClass>{_RAW_OF}")),
    "raw.tif": vrt(band(_RAW_OF, 'subClass="VRTRawRasterBand"')),
    "raw behind a remark.vrt": f"<!-- a --> {vrt(band(_RAW_OF, 'subClass=' + chr(34) + 'VRTRawRasterBand' + chr(34)))}",
    "raw in a mask.vrt": vrt(
        band(source("plain.tif", 1)) + "<MaskBand>" + band(_RAW_OF, 'subClass="VRTRawRasterBand"') + "</MaskBand>"
    ),
    "nested.vrt": vrt(band(source("raw.tif", 1))),
    "nested as text.vrt": vrt(
        band(source(vrt(band(_RAW_OF, 'subClass="VRTRawRasterBand"')).replace("<", "&lt;").replace('"', "&quot;")))
    ),
    "nested by vrt.vrt": vrt(band(source("vrt://{folder}/raw.vrt?bands=1"))),
    "itself.vrt": vrt(band(source("itself.vrt", 1)) + "<x/>" + band(source("raw.vrt", 1))),
    "curl.vrt": vrt(band(source("/vsicurl/" + ADDRESS))),
    "curl in a zip.vrt": vrt(band(source("/vsizip//vsicurl/http://127.0.0.1:{port}/a.zip/b.tif"))),
    "curl with options.vrt": vrt(band(source("/vsicurl?url=http%3A%2F%2F127.0.0.1%3A{port}%2Fscene.tif"))),
    "address.vrt": vrt(band(source(ADDRESS))),
    "netcdf by address.vrt": vrt(band(source("NETCDF:&quot;http://127.0.0.1:{port}/a.nc&quot;:b"))),
    "service by word.vrt": vrt(
        band(source("WMS:http://127.0.0.1:{port}/wms?LAYERS=x&amp;SRS=EPSG:4326&amp;BBOX=0,0,1,1"))
    ),
    "service as text.vrt": vrt(band(source(_SERVICE.replace("<", "&lt;").replace('"', "&quot;")))),
    "s3.vrt": vrt(band(source("/vsis3/bucket/scene.tif"))),
    "overview elsewhere.vrt": vrt(
        band(source("plain.tif", 1) + f"<Overview><SourceFilename>/vsicurl/{ADDRESS}</SourceFilename></Overview>")
    ),
    "warped.vrt": vrt(_WARPED.format("/vsicurl/" + ADDRESS) + band("", 'subClass="VRTWarpedRasterBand"')).replace(
        "<VRTDataset ", '<VRTDataset subClass="VRTWarpedDataset" ', 1
    ),
    "geolocation.vrt": vrt(
        f'<Metadata domain="GEOLOCATION"><MDI key="X_DATASET">/vsicurl/{ADDRESS}</MDI></Metadata>'
        + band(source("plain.tif", 1))
    ),
    "python.vrt": vrt(band(_PYTHON + source("plain.tif", 1), 'subClass="VRTDerivedRasterBand"')),
    "entities.vrt": "<!DOCTYPE VRTDataset [<!ENTITY a 'VRTRawRasterBand'>]>" + vrt(band(_RAW_OF, 'subClass="&a;"')),
    "pipe.vrt": vrt(band(source("pipe", 1))),
    "device.vrt": vrt(band(source("/dev/zero"))),
    "input.vrt": vrt(band(source("/vsistdin/"))),
    "sparse.vrt": vrt(band(source("/vsisparse/{folder}/sparse.xml"))),
    "no xml.vrt": "<VRTDataset rasterXSize=20><VRTRasterBand",
    "service.xml": _SERVICE,
    "service.tif": _SERVICE,
}
NAMES = {  # what a person might be talked into giving
    "memory": _MEMORY,
    "a pipe": "{folder}/pipe",
    "a pipe as an archive": "/vsizip/{folder}/pipe/a.tif",
    "a pipe as netCDF": 'NETCDF:"{folder}/pipe":a',
    "a device": "/dev/zero",
    "standard input": "/vsistdin/",
    "raw as text": vrt(band(_RAW_OF, 'subClass="VRTRawRasterBand"')),
    "curl as text": vrt(band(source("/vsicurl/" + ADDRESS))),
    "raw by vrt": "vrt://{folder}/raw.vrt?bands=1",
    "raw in a zip": "/vsizip/{folder}/raw.zip/raw.vrt",
}
CRS = (
    *("http://127.0.0.1:{port}/crs", "https://127.0.0.1:{port}/crs.wkt", "{folder}/pipe", "/dev/zero", "./crs.wkt"),
    *("ESRI::{folder}/pipe", "file:{folder}/pipe", "+proj=longlat +nadgrids={folder}/pipe", "+init={folder}/pipe:1"),
    *("+proj=longlat +geoidgrids=/vsicurl/http://127.0.0.1:{port}/a.gtx", "IGNF:{folder}/pipe", "EPSG:4326\0", ""),
    'GEOGCS["x",DATUM["y",SPHEROID["z",6378137,298]],EXTENSION["PROJ4","+proj=longlat +nadgrids={folder}/pipe"]]',
    *("urn:ogc:def:crs:EPSG::4326/../../x", "+proj=pipeline +step +proj=gridshift +grids=/etc/x", "x" * 300_000),
)
