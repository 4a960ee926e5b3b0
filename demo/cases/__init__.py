"""The tab of stored cases: saving the conversation, opening it again, reports and feedback."""
