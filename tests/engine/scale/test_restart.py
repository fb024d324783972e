"""A map that is killed, cancelled or damaged on its way, and gone on with."""

from __future__ import annotations

import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.errors import CoLearnError, ErrorCode
from colearn.engine.contract.events import Level, Progress
from colearn.engine.contract.job import VectorSource
from colearn.engine.process.reporting import Reporter
from colearn.engine.scale.spread import Shard, Spread
from osgeo import gdal

from engine.scale.conftest import PART_PX, digests, events, finished, parts_folders, stages, start, texts
from journeys import Listening, predict_job, read

SPREAD = Spread(part_px=int(PART_PX))
