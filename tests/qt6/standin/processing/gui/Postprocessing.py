"""Loads results into the project: none here."""


def handleAlgorithmResults(*_given, **_named):  # noqa: N802
    return True
