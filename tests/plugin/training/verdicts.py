"""What a window says of its form."""


def problems(window):
    return [issue.problem for issue in window.session.verdict().issues]
