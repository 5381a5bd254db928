"""The way from the runner's threads to the screen's: queued signals, nothing shared."""

from PySide6.QtCore import QObject, Qt, Signal

from kiosk.flow.screen_model import ScreenModel
from kiosk.ui.window import KioskWindow


class Bridge(QObject):
    """Carries models to the window. Made on the screen's thread; `present` may be called on any."""

    models = Signal(object)
    """A ScreenModel on its way."""

    def __init__(self, window: KioskWindow) -> None:
        super().__init__()
        self.models.connect(window.show_model, Qt.ConnectionType.QueuedConnection)

    def present(self, model: ScreenModel) -> None:
        """Have a model drawn soon, in the order of the calls. Returns at once."""
        self.models.emit(model)
