"""The rules of a municipality as data: settings packages, their check, their signature, hours and fees. Never the register."""
