"""Whole cases with their exact dates, told through the doors that people use, on a clock of our own."""
