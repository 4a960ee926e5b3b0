"""What the tab shows of a visit: component names and their new properties."""

from demo.batch import panels
from demo.batch.state import KEEPS
from demo.views import View
from demo.visit import Visit
from vision.catalogue import say


def everything(visit: Visit) -> View:
    """The whole tab in the visit's language."""

    def text(key: str) -> str:
        return say(f"demo.batch.{key}", visit.language)

    language, batch = visit.language, visit.batch
    return {
        "batch_intro": {"value": panels.intro(language)},
        "batch_large": {"value": panels.large(language)},
        "batch_files": {"label": text("files")},
        "batch_folder": {"label": text("folder")},
        "batch_keep": {
            "label": text("keep"),
            "choices": [(text(f"keep.{name}"), name) for name in KEEPS],
            "value": batch.keep,
            "info": text("keep.hint"),
        },
        **state(visit),
    }


def state(visit: Visit) -> View:
    """All that an event of the tab can change, but nothing that a person may be typing."""
    language, batch = visit.language, visit.batch
    begin = "go_on" if batch.entries else "start"
    clear = "clear_sure" if batch.clearing else "clear"
    return {
        "batch_start": {
            "value": say(f"demo.batch.do.{begin}", language),
            "visible": not batch.running,
            "interactive": bool(batch.left),
        },
        # Gradio forgets what is told of a component that is not on the page: words come with it
        "batch_stop": {
            "value": say("demo.batch.do.stop", language),
            "visible": batch.running,
            "interactive": not batch.stop.is_set(),
        },
        "batch_clear": {
            "value": say(f"demo.batch.do.{clear}", language),
            "interactive": bool(batch.names) and not batch.running,
        },
        "batch_prefix": {
            "label": say("demo.batch.prefix", language),
            "placeholder": say("demo.batch.prefix.hint", language),
            "visible": batch.keep != "none",
        },
        **told(visit),
        **progress(visit),
    }


def told(visit: Visit) -> View:
    """Why something has not happened."""
    return {"batch_told": {"value": panels.told(visit.batch, visit.language)}}


def progress(visit: Visit) -> View:
    """How far the reading is; the table where it is another than the one on the screen."""
    language, batch = visit.language, visit.batch
    view: View = {
        "batch_taken": {"value": panels.taken(batch, language)},
        "batch_progress": {"value": panels.progress(batch, language)},
        "batch_clock": {"active": batch.running},
    }
    wanted = (len(batch.entries), batch.read_in_run, batch.group, language)
    if wanted != batch.shown:
        batch.shown = wanted
        view |= {
            "batch_results_box": {
                "visible": bool(batch.entries),
                "label": say("demo.batch.results", language),
            },
            "batch_group": {
                "choices": panels.groups(batch, language),
                "value": batch.group or "",
                "visible": any(entry.findings for entry in list(batch.entries.values())),
                "label": say("screen.show", language),
            },
            "batch_csv": {"value": say("demo.batch.do.csv", language)},
            "batch_skipped": {"value": panels.skipped(batch.skipped, language)},
            "batch_table": {"value": panels.table(batch, language)},
        }
    return view
