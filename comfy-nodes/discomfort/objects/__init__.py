"""Objects of ComfyUI's own classes that are data: how each is taken apart and made again."""
