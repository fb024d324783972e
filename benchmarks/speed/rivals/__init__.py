"""The programs and methods that CoLearn is compared with, written as their users run them."""
