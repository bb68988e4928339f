"""What others decide and we only know: the authorities of England that we serve, and the bank holidays."""
