"""The network that sees crease and top of the knee: pictures made on the fly, training, and its way to ONNX."""
