"""Nothing of GDAL: what the windows need of files is made up by the tests."""
