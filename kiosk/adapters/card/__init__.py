"""The card port over PC/SC, and the virtual card that answers the same APDUs."""
