"""The touch screen: draws `ScreenModel` values and emits `Touch`es. It decides nothing and knows no device."""
