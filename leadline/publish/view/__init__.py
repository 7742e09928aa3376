"""What the pages show, as typed records made from the tables: no page looks anything up by itself.

Everything that a person's name could stand in passes through `leadline.publish.redact.Names` here, before a template sees it.
"""

from leadline.publish.view.lines import lines_in_all
from leadline.publish.view.phrases import bounds, interval, page_name
from leadline.publish.view.records import IncidentView
from leadline.publish.view.views import Views

__all__ = ["IncidentView", "Views", "bounds", "interval", "lines_in_all", "page_name"]
