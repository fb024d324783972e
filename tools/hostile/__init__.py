"""Fuzzing and torture: hostile files, kills, full disks, by nobody, in a root where nothing else can be written."""
