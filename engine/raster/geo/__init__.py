"""Where pixels lie: CRSs, grids, ground metres, longitudes, blocks."""
