"""Spaces with the attributes that Gymnasium documents."""

import numpy as np


class Space:
    def __repr__(self):
        return f"{type(self).__name__}({vars(self)})"


class Box(Space):
    def __init__(self, low, high, shape=None, dtype=np.float32):
        shape = np.shape(low) if shape is None else shape
        self.low, self.high = np.full(shape, low, dtype), np.full(shape, high, dtype)
        self.shape, self.dtype = shape, np.dtype(dtype)


class Discrete(Space):
    def __init__(self, n, start=0):
        self.n, self.start = np.int64(n), np.int64(start)


class MultiDiscrete(Space):
    def __init__(self, nvec):
        self.nvec = np.asarray(nvec)


class MultiBinary(Space):
    def __init__(self, n):
        self.n = n


class Dict(Space):
    def __init__(self, spaces):
        self.spaces = spaces


class Tuple(Space):
    def __init__(self, spaces):
        self.spaces = tuple(spaces)


class Text(Space):
    pass
