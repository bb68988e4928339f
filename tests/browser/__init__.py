"""What people see: the pages in a real browser, at a desk and on a phone, with scripts and without."""
