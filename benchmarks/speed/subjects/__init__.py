"""What is measured, a module a subject: who runs, on what, and what is only looked at."""
