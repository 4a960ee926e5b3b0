"""People in: the chat page over the assistant; the only part that knows Gradio."""
