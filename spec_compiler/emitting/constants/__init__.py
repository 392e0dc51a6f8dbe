"""What ops of constants alone give, the same for files that are written and models that are built."""
