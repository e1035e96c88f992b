"""Ports where no library takes part: in ComfyUI's page and in prompts posted by hand. Nothing here imports ComfyUI."""
