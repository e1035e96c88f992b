"""The way to `discomfort bridge`, which runs workflows on a server nested in this one. Imports nothing of ComfyUI."""
