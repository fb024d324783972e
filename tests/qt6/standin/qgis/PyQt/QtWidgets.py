from PyQt6.QtGui import QAction, QActionGroup, QShortcut  # noqa: F401  (QGIS keeps them where they were in Qt 5)
from PyQt6.QtWidgets import *  # noqa: F403
