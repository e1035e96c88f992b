"""The nodes as ComfyUI sees them. They only translate between ComfyUI and the rest of the pack."""
