"""Money: the coin unit, the e-money terminal, or a scripted cashier."""
