"""One page a body type of `ScreenModel`; each draws its body in a given box and emits touches."""
