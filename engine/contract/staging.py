"""What the plugin must know about the temporary folders that the engine creates next to outputs."""

from __future__ import annotations

# A temporary folder is called .NAME.colearn-RUN, NAME being that of an output without extension.
STAGED_FOR = ".colearn-"
# In a temporary folder: files are being moved from it to their final paths, and it contains the earlier files. If no
# run is active, the folder must not be removed; the engine's next run there restores the earlier files.
JOURNAL = ".colearn-journal"
