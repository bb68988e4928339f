"""The words of every text and mail, as functions from facts to words."""
