"""Changes that a browser cannot have seen."""

from __future__ import annotations

import ipywidgets as ipw

from widgets.page import EarlyChanges


def test_what_changed_is_sent_again_once_with_the_values_of_now(monkeypatch):
    inner, still = ipw.HTML("before"), ipw.HTML("as it was")
    page = ipw.VBox([ipw.HBox([inner]), still])
    changes, sent = EarlyChanges(page), []
    monkeypatch.setattr(ipw.Widget, "send_state", lambda widget, key=None: sent.append((widget, key)))
    inner.value = "between"
    inner.value = "after"
    inner.layout.display = "none"
    sent.clear()
    changes.send_again()
    assert sent == [(inner, {"value"}), (inner.layout, {"display"})]

    inner.value = "much later"
    sent.clear()
    changes.send_again()
    assert sent == []
