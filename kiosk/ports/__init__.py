"""What a visit needs of the world: one small Protocol a capability, and the outcomes it may have."""
