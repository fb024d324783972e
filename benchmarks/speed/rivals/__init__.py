"""What CoLearn is measured against, each written as its users run it."""
