"""Networks as ONNX graphs, in 32-bit and 8-bit numbers; their weights."""
