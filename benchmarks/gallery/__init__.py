"""Pictures of every view of the page, each looked at by axe-core too."""
