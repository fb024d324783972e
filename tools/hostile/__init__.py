"""Fuzzing and torture: hostile files, kills and full disks, run as an unprivileged user in a sandbox."""
