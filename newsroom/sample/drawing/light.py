"""Light, noise, film: the building blocks shared by all pictures.

Pictures are float32 arrays (height, width, 3) in linear light until
``develop`` turns them into 8-bit film. Positions given as ``x, y`` are in units of
the picture height: y runs 0..1 downwards, x runs 0..width/height.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

Array = NDArray[np.float32]
Colour = str | Sequence[float]
F = np.float32

H, W = 1200, 1800


def rgb(colour: Colour) -> Array:
    """A linear-light colour from ``#rrggbb`` or from a linear triple."""
    if not isinstance(colour, str):
        return np.asarray(colour, F)
    srgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)], F)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(F)


def coords(h: int = H, w: int = W) -> tuple[Array, Array]:
    """Pixel positions x, y in units of the picture height."""
    y, x = np.mgrid[0:h, 0:w].astype(F)
    return x / h, y / h


def step(t: Array | float, low: float, high: float) -> Array:
    """Smooth step of t from low to high."""
    t = np.clip((np.asarray(t, F) - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mix(a: Array, b: Array, t: Array | float) -> Array:
    """Blend a to b; a mask t gains a colour axis when it needs one."""
    t = np.asarray(t, F)
    if t.ndim == 2:
        t = t[..., None]
    return a + (b - a) * t


def ramp(t: Array, stops: Iterable[tuple[float, Colour]]) -> Array:
    """Colour gradient through (position, colour) stops."""
    positions, colours = zip(*stops, strict=False)
    table = np.array([rgb(c) for c in colours])
    return np.stack([np.interp(t, positions, table[:, i]) for i in range(3)], -1).astype(F)


def blur(a: Array, sigma: float | tuple[float, float]) -> Array:
    """Gaussian blur of the two picture axes."""
    sy, sx = (sigma, sigma) if np.isscalar(sigma) else sigma
    if a.ndim == 3:
        return ndimage.gaussian_filter(a, (sy, sx, 0), truncate=3, mode="nearest")
    return ndimage.gaussian_filter(a, (sy, sx), truncate=3, mode="nearest")


def wide_blur(a: Array, sigma: float) -> Array:
    """Large blur done on a reduced copy."""
    k = max(1, int(sigma / 4))
    h, w = a.shape[:2]
    small = resize(a, max(2, h // k), max(2, w // k))
    return resize(blur(small, sigma / k), h, w)


def resize(a: Array, h: int, w: int) -> Array:
    """Resample a float array."""
    if a.ndim == 3:
        return np.stack([resize(a[..., i], h, w) for i in range(a.shape[2])], -1)
    how = Image.Resampling.BOX if h < a.shape[0] else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(np.ascontiguousarray(a, F)).resize((w, h), how), F)


def noise(h: int, w: int, sx: float, sy: float, seed: int) -> Array:
    """Smooth noise -1..1 with features of sx by sy pixels."""
    r = np.random.default_rng(seed)
    g = r.uniform(-1, 1, (int(h / sy) + 5, int(w / sx) + 5)).astype(F)
    big = Image.fromarray(g).transform(
        (w, h), Image.Transform.AFFINE, (1 / sx, 0, 1.5, 0, 1 / sy, 1.5), Image.Resampling.BICUBIC
    )
    return np.asarray(big, F) * F(1.3)


def fbm(
    h: int,
    w: int,
    scale: float,
    seed: int,
    octaves: int = 6,
    gain: float = 0.5,
    stretch: float = 1.0,
) -> Array:
    """Fractal noise, about -1..1; stretch > 1 draws it out sideways."""
    total, amp = np.zeros((h, w), F), 1.0
    for o in range(octaves):
        if scale < 1.5:
            break
        total += amp * noise(h, w, scale * stretch, scale, seed * 131 + o)
        amp *= gain
        scale /= 2
    return total


def warp(a: Array, dx: Array | float, dy: Array | float) -> Array:
    """Look a up at displaced pixels."""
    h, w = a.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(F)
    return look_up(a, x + dx, y + dy)


def look_up(a: Array, x: Array, y: Array, mode: str = "nearest") -> Array:
    """Bilinear look-up at pixel positions."""
    if a.ndim == 3:
        return np.stack([look_up(a[..., i], x, y, mode) for i in range(a.shape[2])], -1)
    return ndimage.map_coordinates(a, [y, x], order=1, mode=mode, output=F)


@lru_cache(maxsize=8)
def tile(seed: int) -> Array:
    """Periodic 512 px noise, features of 8 px, deviation one."""
    r = np.random.default_rng(seed).normal(size=(512, 512))
    fy, fx = np.fft.fftfreq(512)[:, None], np.fft.fftfreq(512)[None]
    f = np.hypot(fy, fx) * 8
    band = np.fft.ifft2(np.fft.fft2(r) * np.exp(-((f - 0.75) ** 2) / 0.18)).real
    return (band / band.std()).astype(F)


def plane_noise(
    x: Array,
    z: Array,
    foot: Array,
    seed: int,
    freq: float = 1.0,
    octaves: int = 5,
    gain: float = 0.5,
    stretch: float = 1.0,
) -> Array:
    """Fractal noise on a plane, octaves fading where they fall below a pixel.

    ``foot`` is the size of a pixel on the plane; stretch > 1 lengthens features in x.
    """
    total, amp = np.zeros(np.shape(x), F), 1.0
    for o in range(octaves):
        fade = 1 - step(foot * freq, 0.25, 0.9)
        if fade.max() > 0:
            px, pz = x * (freq * 8 / stretch) + 37.7 * o, z * (freq * 8) + 91.3 * o
            total += amp * fade * look_up(tile(seed + o % 4), px % 512, pz % 512, "grid-wrap")
        amp *= gain
        freq *= 2.03
    return total


def ground(
    h: int, w: int, horizon: float, eye: float, lens: float = 1.2
) -> tuple[Array, Array, Array]:
    """World x, z and pixel footprint of the plane below the horizon.

    Returned for the rows below the horizon only; eye is the height of the camera.
    """
    top = int(horizon * h) + 1
    y, x = np.mgrid[top:h, 0:w].astype(F)
    dy = y / h - horizon + F(0.5 / h)
    z = eye * lens / dy
    return (x / h - w / h / 2) * z / lens, z, z * z / (eye * lens * h)


def water(
    img: Array,
    horizon: float,
    seed: int,
    rough: float = 0.05,
    eye: float = 3.0,
    freq: float = 0.6,
    deep: Colour = (0.004, 0.008, 0.01),
    lens: float = 1.2,
    clear: float = 0.75,
    stretch: float = 1.6,
) -> Array:
    """Fill the picture below the horizon with water mirroring what is above.

    Waves tilt the mirror; waves too small to be seen blur the reflection upright.
    """
    h, w = img.shape[:2]
    x, z, foot = ground(h, w, horizon, eye, lens)
    top = int(horizon * h) + 1
    slope = plane_noise(x, z, foot, seed, freq, 6, 0.62, stretch) * rough
    side = plane_noise(x + 50, z + 9, foot, seed + 5, freq, 4, 0.6, stretch) * rough
    yy, xx = np.mgrid[top:h, 0:w].astype(F)
    drop = yy - horizon * h
    hidden = rough * step(foot * freq, 0.0, 2.5) * 0.9
    r = np.random.default_rng(seed)
    total = np.zeros((h - top, w, 3), F)
    taps = 7
    above = img[: top + 1]
    for k in range(taps):
        off = (k + 0.5) / taps * 3 - 1.5
        jitter = hidden * (off + r.normal(size=drop.shape).astype(F) * 0.25)
        tilt = (slope + jitter) * 2 * lens * h * np.clip(0.25 + drop / h * 2.2, 0, 1)
        sy = horizon * h - np.abs(drop * 0.98 + tilt)
        total += look_up(above, xx + side * h * (0.1 + drop / h), np.clip(sy, 0, top))
    mirror = total / taps
    facing = np.clip(drop / h / lens + slope * 1.2, 0, 1)
    fresnel = np.clip(1 - facing * 1.6 * (1 - clear) * 2, 0.12, 1)
    out = img.copy()
    out[top:] = mix(np.broadcast_to(rgb(deep), mirror.shape), mirror, fresnel * 0.92)
    return out


def sky_clouds(
    h: int,
    w: int,
    horizon: float,
    sun: tuple[float, float],
    seed: int,
    cover: float = 0.0,
    freq: float = 0.3,
    height: float = 2.0,
    thick: float = 1.6,
    stretch: float = 1.5,
) -> tuple[Array, Array]:
    """Cloud density 0..1 and how much light from the sun comes through it."""
    y, x = np.mgrid[0:h, 0:w].astype(F) / h
    up = np.maximum(horizon - y, 0) + 0.05
    z = height / up
    px = (x - w / h / 2) * z
    foot = z * z / (height * h)

    def density(a: Array, b: Array) -> Array:
        wob = plane_noise(a, b, foot, seed + 11, freq * 0.6, 2) * (0.25 / freq)
        return plane_noise(a + wob, b + wob * 0.5, foot, seed, freq, 7, 0.56, stretch) + cover

    d = density(px, z)
    sx, sy = sun
    dx, dy = sx - x, sy - y
    far = np.hypot(dx, dy) + 0.05
    kx, ky = 0.03 * dx / far, 0.03 * dy / far
    up2 = np.maximum(horizon - (y + ky), 0) + 0.05
    z2 = height / up2
    toward = density((x + kx - w / h / 2) * z2, z2)
    alpha = step(d, -0.1, 1.5)
    lit = np.exp(-thick * np.clip(0.35 + (toward - d) * 0.9 + d * 0.3, 0, 4))
    return alpha, lit


def glow(h: int, w: int, x: float, y: float, size: float, power: float = 2.0) -> Array:
    """Soft round light falling off from 1 at its centre."""
    gx, gy = coords(h, w)
    return 1 / (1 + (np.hypot(gx - x, gy - y) / size) ** power)


def stencil(
    h: int, w: int, paint: Callable[[ImageDraw.ImageDraw, float], None], scale: int = 2
) -> Array:
    """Anti-aliased mask; paint(draw, unit) draws with coordinates times unit."""
    im = Image.new("L", (w * scale, h * scale), 0)
    paint(ImageDraw.Draw(im), h * scale)
    return np.asarray(im.resize((w, h), Image.Resampling.BOX), F) / 255


def skyline(h: int, w: int, line: Array) -> Array:
    """Mask below a line given as y for every column (units of height)."""
    y = (np.arange(h, dtype=F)[:, None] + 0.5) / h
    return np.clip((y - line[None]) * h + 0.5, 0, 1)


def ridge(
    w: int, base: float, rise: float, scale: float, seed: int, octaves: int = 7, gain: float = 0.5
) -> Array:
    """A mountain line: y for every column."""
    return base - rise * fbm(2, w, scale, seed, octaves, gain)[1]


def sparks(
    img: Array,
    points: Iterable[tuple[float, float, Colour, float]],
    radius: float,
) -> None:
    """Add small round lights (x, y, colour, strength) of a radius in pixels."""
    h, w = img.shape[:2]
    n = int(radius * 4) + 2
    for x, y, colour, power in points:
        cx, cy = x * h, y * h
        ix, iy = int(cx), int(cy)
        x0, x1, y0, y1 = max(ix - n, 0), min(ix + n + 1, w), max(iy - n, 0), min(iy + n + 1, h)
        if x0 >= x1 or y0 >= y1:
            continue
        gy, gx = np.mgrid[y0:y1, x0:x1].astype(F)
        g = np.exp(-((gx - cx) ** 2 + (gy - cy) ** 2) / (2 * radius * radius))
        img[y0:y1, x0:x1] += g[..., None] * rgb(colour) * F(power)


def bokeh(
    img: Array,
    points: Iterable[tuple[float, float, Colour, float, float]],
    blades: int = 0,
) -> None:
    """Add out-of-focus lights (x, y, colour, strength, radius in pixels)."""
    h, w = img.shape[:2]
    for x, y, colour, power, radius in points:
        cx, cy = x * h, y * h
        n = int(radius * 1.2) + 3
        x0, x1 = max(int(cx) - n, 0), min(int(cx) + n, w)
        y0, y1 = max(int(cy) - n, 0), min(int(cy) + n, h)
        if x0 >= x1 or y0 >= y1:
            continue
        gy, gx = np.mgrid[y0:y1, x0:x1].astype(F)
        d = np.hypot(gx - cx, gy - cy) / radius
        if blades:
            a = np.arctan2(gy - cy, gx - cx) * blades / (2 * np.pi)
            d = d * np.cos((a % 1 - 0.5) * 2 * np.pi / blades) / np.cos(np.pi / blades)
        disc = np.clip((1 - d) * radius / 1.5 + 0.5, 0, 1) * (0.75 + 0.45 * np.clip(d, 0, 1) ** 6)
        img[y0:y1, x0:x1] += disc[..., None] * rgb(colour) * F(power)


def bloom(
    img: Array, amount: float = 0.12, sizes: Sequence[float] = (6, 24, 80), start: float = 0.0
) -> Array:
    """Light scattered in the lens and the air."""
    bright = np.maximum(img - start, 0)
    halo = sum(wide_blur(bright, s) for s in sizes) / len(sizes)
    return img + F(amount) * halo


def defocus(img: Array, depth: Array, focus: float, strength: float, steps: int = 4) -> Array:
    """Depth of field: blur grows with the distance (in 1/depth) from the focus."""
    size = np.abs(1 / np.maximum(depth, 1e-3) - 1 / focus) * strength
    levels = [img]
    sigmas = [0.0]
    for k in range(1, steps + 1):
        sigmas.append(1.3 * 2 ** (k - 1))
        levels.append(blur(img, sigmas[-1]) if sigmas[-1] < 12 else wide_blur(img, sigmas[-1]))
    size = blur(np.clip(size, 0, sigmas[-1]), 2)
    out = img.copy()
    for k in range(1, steps + 1):
        t = np.clip((size - sigmas[k - 1]) / (sigmas[k] - sigmas[k - 1]), 0, 1)
        out = mix(out, levels[k], t)
    return out


def rain(
    h: int, w: int, seed: int, slant: float = 0.15, length: int = 40, density: float = 0.0015
) -> Array:
    """Streaks of falling rain, 0..1."""
    r = np.random.default_rng(seed)
    drops = (r.random((h, w)) < density).astype(F) * r.random((h, w)).astype(F)
    streaks = np.zeros_like(drops)
    for k in range(length):
        streaks += np.roll(drops, (k, int(-k * slant)), (0, 1))
    return np.clip(blur(streaks, 0.7), 0, 1)


def brush(img: Array, seed: int, length: int = 8, scale: float = 60) -> Array:
    """Smear the picture along a slow flow, like strokes of a dry brush."""
    h, w = img.shape[:2]
    angle = fbm(h, w, scale, seed, 3) * 2.2
    dx, dy = np.cos(angle), np.sin(angle)
    total = np.zeros_like(img)
    for k in range(-length, length + 1, 2):
        total += warp(img, dx * k, dy * k)
    return total / len(range(-length, length + 1, 2))


def develop(
    img: Array,
    exposure: float = 1.0,
    shadows: Colour = (0, 0, 0),
    lights: Colour = (1, 1, 1),
    contrast: float = 1.0,
    saturation: float = 1.0,
    vignette: float = 0.35,
    grain: float = 0.018,
    lift: float = 0.0,
    seed: int = 1,
) -> NDArray[np.uint8]:
    """Linear light to film: curve, split toning, vignette and grain."""
    h, w = img.shape[:2]
    x, y = coords(h, w)
    r2 = ((x - w / h / 2) ** 2 + (y - 0.5) ** 2) / ((w / h / 2) ** 2 + 0.25)
    v = np.maximum(img, 0) * exposure * (1 - vignette * r2**1.2)[..., None]
    v = (v * (2.51 * v + 0.03)) / (v * (2.43 * v + 0.59) + 0.14)
    v = np.clip(v, 0, 1) ** F(1 / 2.2)
    lum = (v @ np.array([0.3, 0.59, 0.11], F))[..., None]
    v = lum + (v - lum) * saturation
    v = v + rgb(shadows) * (1 - lum) ** 2 * 0.5
    v = v * (1 + (rgb(lights) - 1) * lum)
    v = 0.5 + (v - 0.5) * contrast
    v = lift + v * (1 - lift)
    g = np.random.default_rng(seed).normal(size=(h, w)).astype(F)
    g = blur(g, 0.95) * 1.9 + noise(h, w, 5, 5, seed) * 0.25
    v = v + (g * grain)[..., None] * (0.45 + 1.1 * lum * (1 - lum) * 2)
    return (np.clip(v, 0, 1) * 255 + 0.5).astype(np.uint8)
