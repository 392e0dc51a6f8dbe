"""Core layers: inputs, dense layers, embeddings, masking."""
