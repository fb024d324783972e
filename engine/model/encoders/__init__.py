"""Encoders: from one sensor's standardized values to a representation.

Every encoder is an ``nn.Module`` with two forms of one set of weights: ``forward`` encodes samples, ``forward_dense``
(evaluation mode only) encodes every pixel of a raster, with equal values. The band axis is always axis 1.
"""
