"""The cells that recurrent layers repeat, and the arguments that both have."""
