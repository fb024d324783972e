"""What the plugin must know about the temporary folders that the engine creates next to outputs."""

from __future__ import annotations

# A temporary folder is called .NAME.colearn-RUN, NAME being an output's without its ending.
STAGED_FOR = ".colearn-"
# In a temporary folder: files are being moved from it to their places, and what was there before lies in it. Who finds
# it without a run that lives must not remove the folder; the engine's next run there puts the earlier files back.
JOURNAL = ".colearn-journal"
