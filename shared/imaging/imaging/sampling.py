# kernel
"""From a picture of any size to the few samples that its perceptual hashes are made of.

Two ways down, both linear and separate for rows and columns: PDQ's box filters to 64 x 64 numbers,
and the Lanczos filter to 32 x 32 grey values that pHash is defined on. Each pixel is read about
once for the first and six times for the second.
"""

import math
from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from imaging.compiled import (
    FIXED_ROW,
    FLOATS,
    PICTURE,
    SUMS_IN_ANY_ORDER,
    compiled,
)

PDQ_SIDE = 64
# A box is 1/128 of the side wide, rounded up: two passes then span one sample.
BOXES_PER_SIDE = 2 * PDQ_SIDE

PHASH_SIDE = 32
LANCZOS_LOBES = 3
# Fixed-point weights as in Pillow (libImaging/Resample.c), so that every sum is exact.
FRACTION_BITS = 22
ONE = 1 << FRACTION_BITS
HALF = 1 << (FRACTION_BITS - 1)
WHITE = 255


@compiled((types.int64,))
def box_weights(length: int) -> Any:
    """For each of 64 samples along a side: where its sum starts, and its weights.

    A box at `i` covers `i - behind` to `i + ahead`, is cut off at the edges and shares its weight
    among what is left. A sample is the mean of the boxes that its own box covers.
    """
    width = (length + BOXES_PER_SIDE - 1) // BOXES_PER_SIDE
    ahead = (width + 2) // 2 - 1
    behind = width - 1 - ahead
    starts = np.zeros(PDQ_SIDE, np.int64)
    weights = np.zeros((PDQ_SIDE, 2 * width), np.float32)
    for sample in range(PDQ_SIDE):
        place = int((sample + 0.5) * length / PDQ_SIDE)
        first, end = max(place - behind, 0), min(place + ahead, length - 1) + 1
        starts[sample] = max(first - behind, 0)
        for box in range(first, end):
            left, right = max(box - behind, 0), min(box + ahead, length - 1) + 1
            share = 1.0 / ((right - left) * (end - first))
            for pixel in range(left, right):
                weights[sample, pixel - starts[sample]] += share
    return starts, weights


@compiled(FLOATS(PICTURE), fastmath=SUMS_IN_ANY_ORDER)
def box_filtered(grey: NDArray[np.uint8]) -> Any:
    """Smooth and sample to 64 x 64: first down the columns, whole rows at a time, then across."""
    rows, columns = grey.shape
    starts, weights = box_weights(rows)
    lines = np.zeros((PDQ_SIDE, columns), np.float32)
    for sample in range(PDQ_SIDE):
        line = lines[sample]
        for k in range(min(weights.shape[1], rows - starts[sample])):
            weight = weights[sample, k]
            row = grey[starts[sample] + k]
            for column in range(columns):
                line[column] += weight * np.float32(row[column])
    starts, weights = box_weights(columns)
    samples = np.empty((PDQ_SIDE, PDQ_SIDE), np.float32)
    for sample in range(PDQ_SIDE):
        start = starts[sample]
        for line in range(PDQ_SIDE):
            total = np.float32(0)
            for k in range(min(weights.shape[1], columns - start)):
                total += weights[sample, k] * lines[line, start + k]
            samples[line, sample] = total
    return samples


@compiled(types.float64(types.float64))
def lanczos(distance: float) -> float:
    if distance == 0:
        return 1.0
    if distance < -LANCZOS_LOBES or distance >= LANCZOS_LOBES:
        return 0.0
    wave, window = distance * math.pi, distance / LANCZOS_LOBES * math.pi
    return math.sin(wave) / wave * (math.sin(window) / window)


@compiled((types.int64,))
def lanczos_weights(length: int) -> Any:
    """For each of 32 samples along a side: start, number and fixed-point weights of its pixels."""
    scale = length / PHASH_SIDE
    stretch = max(scale, 1.0)
    reach = LANCZOS_LOBES * stretch
    starts, counts = np.zeros(PHASH_SIDE, np.int64), np.zeros(PHASH_SIDE, np.int64)
    weights = np.zeros((PHASH_SIDE, 2 * math.ceil(reach) + 1), np.int32)
    for sample in range(PHASH_SIDE):
        centre = (sample + 0.5) * scale
        start, end = max(int(centre - reach + 0.5), 0), min(int(centre + reach + 0.5), length)
        shares = np.empty(end - start, np.float64)
        for k in range(end - start):
            shares[k] = lanczos((k + start - centre + 0.5) * (1.0 / stretch))
        total = 0.0
        for share in shares:
            total += share
        for k in range(end - start):
            share = shares[k] / total * ONE
            weights[sample, k] = int(share - 0.5) if share < 0 else int(share + 0.5)
        starts[sample], counts[sample] = start, end - start
    return starts, counts, weights


@compiled(types.int32(FIXED_ROW, FIXED_ROW, types.int64), integers={"total": types.int32})
def weighted(pixels: NDArray[np.int32], weights: NDArray[np.int32], count: int) -> Any:
    """One sample as a grey value. Sums of 32 bits do not overflow and fill the processor."""
    total = types.int32(HALF)
    for k in range(count):
        total += pixels[k] * weights[k]
    return min(max(total >> FRACTION_BITS, 0), WHITE)


@compiled(types.Array(types.uint8, 2, "C")(PICTURE))
def lanczos_filtered(grey: NDArray[np.uint8]) -> Any:
    """Shrink to 32 x 32 as Pillow does, rows first: the same bits."""
    rows, columns = grey.shape
    starts, counts, weights = lanczos_weights(columns)
    narrow = np.empty((PHASH_SIDE, rows), np.int32)
    # A row is widened once, not for each of the six samples that a pixel is part of.
    wide = np.empty(columns, np.int32)
    for row in range(rows):
        for column in range(columns):
            wide[column] = grey[row, column]
        for sample in range(PHASH_SIDE):
            pixels = wide[starts[sample] : starts[sample] + counts[sample]]
            narrow[sample, row] = weighted(pixels, weights[sample], counts[sample])
    starts, counts, weights = lanczos_weights(rows)
    small = np.empty((PHASH_SIDE, PHASH_SIDE), np.uint8)
    for row in range(PHASH_SIDE):
        for sample in range(PHASH_SIDE):
            pixels = narrow[sample, starts[row] : starts[row] + counts[row]]
            small[row, sample] = weighted(pixels, weights[row], counts[row])
    return small
