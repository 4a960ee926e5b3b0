"""The HTTP API beside the page: findings of a photo, and conversations as OpenAI's clients hold."""
