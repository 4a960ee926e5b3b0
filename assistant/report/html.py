"""A report as one HTML file that needs nothing else; every text is escaped by the template."""

import base64
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from assistant.report.value import Report


def to_html(report: Report) -> str:
    """The whole page; pictures are inside it, and it loads nothing from anywhere."""
    return _template().render(report=report, labels=report.labels)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("assistant.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["base64"] = lambda data: base64.b64encode(data).decode()
    return environment.get_template("page.html")
