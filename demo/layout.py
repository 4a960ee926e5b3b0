"""The components of the conversation's tab, by the names that views use."""

from typing import Any

import gradio as gr

from demo.views import CHIPS


def lay_out_chat(parts: dict[str, Any]) -> None:
    """The conversation, questions that fit, and where to write."""
    parts["chat"] = gr.Chatbot(
        elem_id="chat",
        height="auto",
        buttons=["copy"],
        editable="user",
        latex_delimiters=[],
        allow_tags=False,
        feedback_options=None,
        allow_file_downloads=False,
        layout="bubble",
        # in a shared bubble an edit would also be sent for the photo, and fail
        group_consecutive_messages=False,
    )
    with gr.Row(elem_id="chips"):
        for n in range(CHIPS):
            parts[f"chip_{n}"] = gr.Button(
                size="sm", elem_classes="chip", min_width=0, elem_id=f"chip-{n}"
            )
    parts["composer"] = gr.MultimodalTextbox(
        elem_id="composer",
        file_count="multiple",
        sources=["upload"],
        lines=1,
        max_lines=8,
        # a long text stays a text, so that it can be refused as one and is not sent as a file
        max_plain_text_length=10_000_000,
        show_label=False,
    )


def lay_out_photo(parts: dict[str, Any]) -> None:
    """The photo in focus, what is over it, and its findings."""
    with gr.Column(visible=False, elem_id="photo-box") as parts["photo_box"]:
        with gr.Row(elem_id="pair-choices"):
            parts["strip"] = gr.Radio(visible=False, elem_id="strip", elem_classes="segmented")
            parts["pair"] = gr.Radio(visible=False, elem_id="pair", elem_classes="segmented")
            parts["partner"] = gr.Radio(visible=False, elem_id="partner", elem_classes="segmented")
        with gr.Row(elem_id="views"):
            parts["photo"] = _image("photo", visible=True)
            parts["beside"] = _image("beside", visible=False)
        parts["tools"] = gr.HTML()
        for name in ("photo", "beside"):  # pressed by viewer.js when a photo is enlarged
            parts[f"sharpen_{name}"] = gr.Button(elem_id=f"sharpen-{name}", elem_classes="sharpen")
        parts["eye"] = gr.Radio(elem_id="eye", elem_classes="segmented")
        parts["scale"] = gr.Number(visible=False, minimum=0, elem_id="scale")
        parts["earlier"] = gr.Radio(visible=False, elem_id="earlier", elem_classes="segmented")
        with gr.Row(elem_id="looks"):
            parts["look"] = gr.Radio(
                elem_id="look", elem_classes="segmented", min_width=310, scale=3
            )
            parts["opacity"] = gr.Slider(
                0.0, 1.0, value=0.45, step=0.05, elem_id="opacity", min_width=200, scale=2
            )
        parts["legend"] = gr.CheckboxGroup(elem_id="legend")
        with gr.Column(visible=False, elem_id="heat-box") as parts["heat_box"]:
            parts["heat"], parts["heat_note"] = gr.Radio(elem_id="heat"), gr.HTML()
        with gr.Accordion(visible=False, open=True, elem_id="compare-box") as parts["compare_box"]:
            parts["compare"] = gr.HTML(elem_id="compare")
        with gr.Accordion(open=True, elem_id="findings-box") as parts["findings_box"]:
            parts["findings"] = gr.HTML(elem_id="findings")


def _image(name: str, *, visible: bool) -> gr.Image:
    """A photo to look at; the browser enlarges it (viewer.js)."""
    return gr.Image(
        interactive=False,
        buttons=["fullscreen"],
        elem_id=name,
        elem_classes="view",
        type="numpy",
        visible=visible,
        min_width=140,
    )


def lay_out_samples(parts: dict[str, Any], *, visible: bool) -> None:
    """The example photos."""
    with gr.Accordion(open=True, elem_id="samples-box") as parts["samples_box"]:
        parts["samples_text"] = gr.HTML(elem_id="samples-text")
        parts["samples"] = gr.Gallery(
            elem_id="samples",
            columns=4,
            height="auto",
            allow_preview=False,
            buttons=[],
            interactive=False,
            show_label=False,
            visible=visible,
        )
