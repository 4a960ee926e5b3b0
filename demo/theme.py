"""How the page looks: a calm theme without web fonts, our CSS, and the scripts of the browser."""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.themes.utils import colors, sizes

from demo.legend import swatches_css

_HERE = Path(__file__).parent
# system fonts only: nothing is fetched, and Chinese is drawn with the reader's own font
_FONTS = (
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Noto Sans",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "sans-serif",
)


def looks() -> dict[str, Any]:
    """Arguments of Blocks.launch that shape the page."""
    return {
        "theme": _theme(),
        "css": swatches_css(),
        "css_paths": [
            _HERE / "page.css",
            _HERE / "practice" / "practice.css",
            _HERE / "cases" / "cases.css",
            _HERE / "batch" / "batch.css",
        ],
        "head": "".join(f"<script>{_script(name)}</script>" for name in ("page.js", "viewer.js")),
    }


def _script(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _theme() -> gr.themes.Base:
    theme = gr.themes.Base(
        primary_hue=colors.teal,
        secondary_hue=colors.teal,
        neutral_hue=colors.slate,
        radius_size=sizes.radius_md,
        text_size=sizes.text_md,
        font=_FONTS,
        font_mono=("ui-monospace", "Consolas", "monospace"),
    )
    return theme.set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        block_background_fill="white",
        block_background_fill_dark="*neutral_900",
        block_border_width="1px",
        block_shadow="none",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_text_color="white",
        button_secondary_background_fill="white",
        button_secondary_background_fill_dark="*neutral_800",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="*neutral_600",
        checkbox_background_color_selected="*primary_700",
        checkbox_background_color_selected_dark="*primary_600",
        checkbox_border_color="*neutral_500",
        checkbox_border_color_dark="*neutral_400",
        slider_color="*primary_700",
        block_label_text_color="*neutral_700",
        block_label_text_color_dark="*neutral_200",
        block_title_text_color="*neutral_700",
        block_title_text_color_dark="*neutral_200",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
    )
