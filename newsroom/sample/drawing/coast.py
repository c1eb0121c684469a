# ruff: noqa: B023 - the painters handed to stencil() run at once, inside the loop.
"""Scenes of water: harbour, sea, river, marsh."""

from __future__ import annotations

import numpy as np
from PIL import ImageDraw
from scipy.spatial import cKDTree

from .light import (
    Array,
    F,
    H,
    W,
    bloom,
    blur,
    coords,
    develop,
    fbm,
    ground,
    look_up,
    mix,
    noise,
    plane_noise,
    rain,
    ramp,
    resize,
    rgb,
    ridge,
    sky_clouds,
    skyline,
    sparks,
    stencil,
    step,
    warp,
    water,
    wide_blur,
)
from .solid import Camera, Model, crevices, scan, see, unshadowed


def crane(
    d: ImageDraw.ImageDraw, u: float, x: float, base: float, s: float, side: int, up: bool
) -> None:
    """A ship-to-shore gantry crane of height s, its boom to one side."""

    def line(x0: float, y0: float, x1: float, y1: float, t: float) -> None:
        a, b = (
            np.array([x + side * x0 * s, base - y0 * s]) * u,
            np.array([x + side * x1 * s, base - y1 * s]) * u,
        )
        d.line([tuple(a), tuple(b)], fill=255, width=max(1, int(t * s * u)))

    for leg in (-0.17, 0.17):
        line(leg, 0, leg * 0.92, 0.62, 0.032)
    line(-0.2, 0.62, 0.2, 0.62, 0.04)
    line(-0.18, 0.27, 0.18, 0.27, 0.028)
    line(-0.17, 0.27, 0.16, 0.62, 0.014)
    line(-0.14, 0.62, 0.08, 1.0, 0.024)
    line(0.14, 0.62, 0.08, 1.0, 0.024)
    line(-0.55, 0.62, 0.17, 0.62, 0.035)
    line(-0.55, 0.65, 0.17, 0.65, 0.012)
    line(-0.5, 0.63, 0.08, 1.0, 0.008)
    tip = (0.5, 1.33) if up else (1.0, 0.64)
    line(0.17, 0.62, *tip, 0.03)
    line(0.08, 1.0, *tip, 0.009)
    line(0.08, 1.0, (0.17 + tip[0]) / 2, (0.62 + tip[1]) / 2, 0.008)
    if not up:
        for k in range(9):
            p = 0.17 + k * 0.09
            line(p, 0.62, p + 0.045, 0.67, 0.007), line(p + 0.045, 0.67, p + 0.09, 0.62, 0.007)
        line(0.2, 0.67, 1.0, 0.67, 0.01)
        line(0.62, 0.62, 0.62, 0.36, 0.006)
        line(0.56, 0.36, 0.68, 0.36, 0.045)
    line(-0.3, 0.68, -0.12, 0.68, 0.075)


def harbour_dawn() -> Array:
    """Cranes in the haze over still water, the sun just up."""
    hz = 0.63
    x, y = coords()
    sx, sy = 1.02, 0.57
    near_sun = np.exp(-np.hypot((x - sx) * 0.8, (y - sy) * 1.3) * 2.6)
    img = ramp(
        y / hz,
        [(0, "#2f4a63"), (0.4, "#6f8594"), (0.72, "#c9a58c"), (0.92, "#eab483"), (1, "#f0c398")],
    )
    img = (
        img * (0.55 + 1.15 * near_sun[..., None])
        + near_sun[..., None] ** 2.5 * rgb("#ffb05a") * 1.3
    )
    alpha, lit = sky_clouds(H, W, hz, (sx, sy), 41, -0.15, 0.32, stretch=3)
    cloud = mix(
        rgb("#56606e") * 0.7, rgb("#ffb98a") * 1.5, np.clip(lit * 0.9 + near_sun * 0.35, 0, 1)
    )
    img = mix(img, cloud, alpha * 0.75 * step(hz - y, 0.03, 0.35))
    disc = np.hypot(x - sx, (y - sy))
    img += (step(-disc, -0.034, -0.030) * 5)[..., None] * rgb("#ffd9a0") + (
        0.6 * np.exp(-disc * 14)
    )[..., None] * rgb("#ff9a4a")
    haze = img.copy()
    r = np.random.default_rng(7)
    layers = [
        (0.72, 0.12, [0.08, 0.2, 0.33, 0.62, 0.74, 1.28, 1.4]),
        (0.46, 0.22, [0.05, 0.42, 0.82, 1.2]),
        (0.10, 0.42, [0.3, 1.31]),
    ]
    for k, (far, size, places) in enumerate(layers):

        def paint(d: ImageDraw.ImageDraw, u: float) -> None:
            for n, px in enumerate(places):
                crane(
                    d,
                    u,
                    px + r.uniform(-0.02, 0.02),
                    hz + 0.004,
                    size * r.uniform(0.92, 1.08),
                    -1 if (n + k) % 2 else 1,
                    r.random() < 0.4,
                )
            px = -0.05
            while px < 1.55:
                wide, tall = r.uniform(0.03, 0.12), r.uniform(0.01, 0.05) * (0.7 + 0.3 * k)
                if r.random() < 0.72:
                    d.rectangle(
                        [px * u, (hz - tall) * u, (px + wide) * u, (hz + 0.01) * u], fill=255
                    )
                px += wide * r.uniform(0.8, 1.4)
            d.rectangle([0, (hz - 0.006) * u, 1.5 * u, (hz + 0.02) * u], fill=255)

        mask = stencil(H, W, paint)
        dark = mix(
            np.broadcast_to(rgb("#1c2530"), haze.shape),
            haze * rgb([0.92, 0.9, 0.95]),
            far + 0.15 * near_sun,
        )
        img = mix(img, dark, mask)
        mist = np.exp(-(((y - hz + 0.02) / 0.06) ** 2)) * (
            0.55 + 0.35 * fbm(H, W, 160, 60 + k, 5, stretch=5)
        )
        img = mix(img, haze * 1.02, np.clip(mist, 0, 0.85))
    sparks(img, [(0.3 + q, hz - 0.265, "#ff5a30", 1.6) for q in (0.0, 1.01)], 2.2)
    img = water(img, hz, 5, 0.028, 2.2, 0.7, deep="#1d2a33", clear=0.8)
    drift = (
        np.exp(-(((y - hz - 0.03) / 0.07) ** 2))
        * np.clip(0.35 + 0.6 * fbm(H, W, 130, 77, 5, stretch=7), 0, 1)
        * step(y, hz - 0.02, hz + 0.02)
    )
    img = mix(img, ramp(x, [(0, "#b89c8c"), (1.0, "#f3c79b"), (1.5, "#d4ad90")]), drift * 0.7)

    def posts(d: ImageDraw.ImageDraw, u: float) -> None:
        for px, top, wide in (
            (0.155, 0.70, 0.024),
            (0.195, 0.715, 0.022),
            (0.125, 0.73, 0.02),
            (0.42, 0.74, 0.011),
        ):
            d.rectangle(
                [
                    (px - wide / 2) * u,
                    top * u,
                    (px + wide / 2) * u,
                    (0.87 if wide > 0.015 else 0.8) * u,
                ],
                fill=255,
            )

    piles = stencil(H, W, posts)
    wob = noise(H, W, 60, 9, 4) * 6 * step(y, 0.8, 0.95)
    shade = warp(piles, wob, 0)
    ref = look_up(piles, (x * H + wob), (1.72 - y) * H) * step(y, 0.855, 0.87) * 0.8
    img = img * (1 - 0.93 * np.maximum(shade, ref)[..., None])
    img = bloom(img, 0.22, (8, 40, 140))
    return develop(img, 0.85, "#0a1a2c", (1.03, 1, 0.95), 1.12, 0.92, 0.45, 0.016, 0.015)


def wind_farm_sea() -> Array:
    """Turbines fading row by row into the haze over a cold sea."""
    hz = 0.7
    x, y = coords()
    sun = (0.45, 0.3)
    near = np.exp(-np.hypot((x - sun[0]) * 0.9, y - sun[1]) * 2.2)
    img = ramp(y / hz, [(0, "#5d7f95"), (0.5, "#9fb4bb"), (0.85, "#d8d3c4"), (1, "#d9cfbf")]) * (
        0.5 + 0.75 * near[..., None]
    )
    alpha, lit = sky_clouds(H, W, hz, sun, 23, 0.1, 0.22, stretch=2.2)
    img = mix(
        img,
        mix(rgb("#5b6b78") * 0.55, rgb("#fff1d8") * 1.15, np.clip(lit * 0.9 + 0.25 * near, 0, 1)),
        alpha * 0.85 * step(hz - y, 0.02, 0.4),
    )
    img += (np.exp(-np.hypot(x - sun[0], y - sun[1]) * 7) * 0.7)[..., None] * rgb("#fff0d0")
    haze = wide_blur(img, 60)
    r = np.random.default_rng(3)
    rows = [(0.9, 0.10, 14), (0.78, 0.16, 9), (0.58, 0.27, 5), (0.25, 0.62, 2)]
    for far, tall, count in rows:

        def paint(d: ImageDraw.ImageDraw, u: float) -> None:
            spots = (
                [0.27, 1.19]
                if count == 2
                else [(n + 0.5 + r.uniform(-0.12, 0.12)) * 1.5 / count for n in range(count)]
            )
            for n, px in enumerate(spots):
                s = tall * (1 if count != 2 or n == 0 else 0.82)
                base, top = hz + 0.004 + 0.06 * (tall - 0.1), hz - s * 0.6
                t = s * 0.011
                d.polygon(
                    [
                        ((px - t * 1.25) * u, base * u),
                        ((px - t * 0.6) * u, top * u),
                        ((px + t * 0.6) * u, top * u),
                        ((px + t * 1.25) * u, base * u),
                    ],
                    fill=255,
                )
                d.rectangle(
                    [
                        (px - t * 2.1) * u,
                        (base - 0.035 * s) * u,
                        (px + t * 2.1) * u,
                        (base - 0.022 * s) * u,
                    ],
                    fill=255,
                )
                d.polygon(
                    [
                        ((px - t * 1.1) * u, (top - t) * u),
                        ((px + t * 2) * u, (top - t) * u),
                        ((px + t * 2) * u, (top + t) * u),
                        ((px - t * 1.1) * u, (top + t) * u),
                    ],
                    fill=255,
                )
                a0 = r.uniform(0, 2)
                for b in range(3):
                    a = a0 + b * 2.0944
                    squash = 0.85
                    dx, dy = np.sin(a) * squash, -np.cos(a)
                    ln = s * 0.42
                    nx, ny = -dy, dx
                    pts = [
                        (0.0, 0.5),
                        (0.1, 1.0),
                        (0.25, 0.95),
                        (1, 0.12),
                        (1, -0.05),
                        (0.2, -0.35),
                        (0, -0.5),
                    ]
                    d.polygon(
                        [
                            (
                                (px + dx * q * ln + nx * k * t) * u,
                                (top + dy * q * ln + ny * k * t) * u,
                            )
                            for q, k in pts
                        ],
                        fill=255,
                    )

        mask = stencil(H, W, paint, 3)
        side = step(noise(H, W, 400, 400, 9), -2, 2)
        dark = mix(np.broadcast_to(rgb("#33424d"), img.shape), haze * 0.93, far) * (
            0.85 + 0.3 * side[..., None]
        )
        img = mix(img, dark, mask)
        fog = np.exp(-(((y - hz) / 0.05) ** 2)) * (
            0.5 + 0.35 * fbm(H, W, 200, int(far * 99), 4, stretch=6)
        )
        img = mix(img, haze * 1.03, np.clip(fog, 0, 0.8))
    img = water(img, hz, 15, 0.10, 9, 0.16, deep="#15303a", clear=0.55, stretch=2.4)
    xx, zz, foot = ground(H, W, hz, 9)
    crest = plane_noise(xx, zz, foot, 31, 0.16, 6, 0.6, 2.4) + 0.5 * plane_noise(
        xx, zz, foot, 4, 0.02, 2
    )
    foam = step(crest, 2.1, 3.0) * step(plane_noise(xx, zz, foot, 8, 1.3, 4, 0.7), -0.6, 1.2)
    top = H - foam.shape[0]
    img[top:] = mix(img[top:], rgb("#dfe4e2") * 0.8, foam * 0.6)
    img = mix(img, haze * 1.0, np.exp(-np.clip(y - hz, 0, 1) / 0.045) * (y > hz) * 0.75)
    img = bloom(img, 0.15, (6, 60, 160))
    return develop(img, 0.72, "#0a1c28", (1.02, 1, 0.96), 1.22, 1.0, 0.5, 0.015, 0.01, 2)


def hull(d: ImageDraw.ImageDraw, u: float, x: float, base: float, s: float, side: int) -> None:
    """A small fishing boat in profile."""

    def at(px: float, py: float) -> tuple[float, float]:
        return ((x + side * px * s) * u, (base - py * s) * u)

    d.polygon(
        [
            at(*p)
            for p in (
                (-0.5, 0),
                (-0.54, 0.14),
                (-0.3, 0.115),
                (0, 0.115),
                (0.3, 0.16),
                (0.6, 0.27),
                (0.5, 0.06),
                (0.45, 0),
            )
        ],
        fill=255,
    )
    d.polygon([at(*p) for p in ((-0.3, 0.1), (-0.3, 0.36), (-0.02, 0.36), (0.03, 0.12))], fill=255)
    d.rectangle(
        [
            min(at(-0.34, 0)[0], at(0.02, 0)[0]),
            at(0, 0.39)[1],
            max(at(-0.34, 0)[0], at(0.02, 0)[0]),
            at(0, 0.355)[1],
        ],
        fill=255,
    )
    for a, b, t in (
        ((0.2, 0.1), (0.2, 0.82), 0.014),
        ((-0.2, 0.36), (-0.2, 0.62), 0.01),
        ((0.2, 0.78), (0.58, 0.27), 0.004),
        ((0.2, 0.8), (-0.52, 0.14), 0.004),
        ((0.2, 0.3), (-0.12, 0.6), 0.01),
        ((-0.5, 0.13), (-0.5, 0.36), 0.007),
        ((-0.53, 0.28), (-0.32, 0.28), 0.005),
    ):
        d.line([at(*a), at(*b)], fill=255, width=max(1, int(t * s * u)))


def fishing_boats() -> Array:
    """Boats with lit lamps on calm water in the blue hour."""
    hz = 0.47
    x, y = coords()
    img = (
        ramp(
            y / hz,
            [
                (0, "#0d1b33"),
                (0.45, "#26456b"),
                (0.8, "#6f86a3"),
                (0.95, "#c39a8f"),
                (1, "#c9927a"),
            ],
        )
        * 0.75
    )
    alpha, lit = sky_clouds(H, W, hz + 0.02, (1.15, hz), 88, -0.05, 0.25, stretch=4)
    img = mix(
        img,
        mix(rgb("#16223a") * 0.7, rgb("#d98f7d") * 0.8, np.clip(lit, 0, 1)),
        alpha * 0.8 * step(hz - y, 0.02, 0.3),
    )
    shore = ridge(W, hz - 0.025, 0.022, 300, 12, 6)
    img = mix(img, rgb("#26354d") * 0.9, skyline(H, W, shore) * 0.85)
    shore2 = ridge(W, hz - 0.006, 0.016, 180, 13, 7, 0.55) + 0.02 * step(x[0], 0.5, 1.0)
    img = mix(img, rgb("#0d1728"), skyline(H, W, shore2))
    r = np.random.default_rng(4)
    sparks(
        img,
        [
            (
                r.uniform(0, 0.55),
                hz - r.uniform(0.002, 0.018),
                ("#ffc27a", "#ffdca8", "#ff9d4f")[r.integers(3)],
                r.uniform(0.4, 2.4),
            )
            for _ in range(46)
        ],
        1.4,
    )
    boats = [
        (1.22, 0.525, 0.11, -1),
        (0.98, 0.51, 0.075, 1),
        (0.2, 0.53, 0.1, 1),
        (0.5, 0.625, 0.3, 1),
        (1.1, 0.7, 0.42, -1),
    ]
    out = img
    out = water(img, hz, 9, 0.03, 1.8, 0.9, deep="#050d18", clear=0.85, stretch=2)
    for n, (bx, by, s, side) in enumerate(boats):
        mask = stencil(H, W, lambda d, u: hull(d, u, bx, by, s, side), 3)
        lamp = (bx + side * -0.2 * s, by - 0.62 * s)
        deck = (bx + side * 0.12 * s, by - 0.5 * s)
        (bx - side * 0.14 * s, by - 0.27 * s)
        local = 1 / (1 + (np.hypot(x - deck[0], y - deck[1]) / (0.16 * s)) ** 2)
        base = mix(
            rgb("#141c28"),
            (rgb("#2f4a63"), rgb("#6b2a22"), rgb("#27504a"), rgb("#7a2c20"), rgb("#245066"))[n],
            0.6,
        )
        band = step(by - 0.09 * s - y, -0.004, 0.004)
        tone = mix(
            base * 0.32, rgb("#b9b4a6") * 0.16, band * step(by - 0.115 * s - y, -0.002, 0.004)
        )
        body = (
            tone
            * (0.75 + 0.25 * noise(H, W, 12, 5, n)[..., None])
            * (0.5 + 4.2 * local[..., None] * rgb("#ffc98a"))
        )
        layer = mix(out, body, mask)
        w0, w1 = sorted((bx - side * 0.27 * s, bx - side * 0.06 * s))
        panes = stencil(
            H,
            W,
            lambda d, u: [
                d.rectangle(
                    [
                        (w0 + (w1 - w0) * k / 3 + 0.008 * s) * u,
                        (by - 0.325 * s) * u,
                        (w0 + (w1 - w0) * (k + 1) / 3 - 0.012 * s) * u,
                        (by - 0.235 * s) * u,
                    ],
                    fill=255,
                )
                for k in range(3)
            ],
            3,
        )
        layer = mix(layer, rgb("#ffb457") * 1.5, panes)
        marks = [
            (lamp[0], lamp[1], "#ffe2b0", 9.0),
            (deck[0], deck[1], "#ffd08a", 14.0),
            (bx + side * 0.2 * s, by - 0.82 * s, "#ff5a3a" if n % 2 else "#fff2dc", 5.0),
        ]
        sparks(layer, marks, max(1.2, 9 * s))
        sparks(layer, [(a, b, c, p * 0.05) for a, b, c, p in marks], max(6, 70 * s))
        line = int(by * H)
        upper = layer.copy()
        upper[line:] = out[line:]
        dipped = water(
            upper, by, 20 + n, 0.02, 1.8 * (1 - 0.5 * s), 1.5, deep="#050d18", clear=0.85, stretch=2
        )
        reach = (
            step(-np.abs(x - bx), -0.75 * s - 0.1, -0.55 * s)
            * step(-(y - by), -1.25 * s, -0.75 * s)
            * (y >= by)
        )
        out = mix(layer, dipped, reach)
        out[:line] = layer[:line]
    mist = np.exp(-(((y - hz) / 0.03) ** 2)) * (0.4 + 0.4 * fbm(H, W, 140, 5, 4, stretch=7))
    out = mix(out, rgb("#7487a0") * 0.5, np.clip(mist, 0, 0.6))
    out = bloom(out, 0.35, (5, 20, 70))
    return develop(out, 1.75, "#081a36", (1.04, 1, 0.94), 1.05, 1.05, 0.4, 0.018, 0.015, 3)


def lighthouse_storm() -> Array:
    """A lighthouse on its rock, breakers and a torn sky."""
    hz = 0.6
    x, y = coords()
    lx, ly = 1.08, 0.245
    sun = (0.35, 0.5)
    near = np.exp(-np.hypot((x - sun[0]) * 0.7, (y - sun[1]) * 1.6) * 2.2)
    img = ramp(y / hz, [(0, "#161e28"), (0.6, "#42505a"), (0.9, "#9a9a8d"), (1, "#a8a291")]) * (
        0.45 + 0.9 * near[..., None]
    )
    for seed, fr, c in ((301, 0.2, 0.35), (302, 0.4, 0.1)):
        alpha, lit = sky_clouds(H, W, hz + 0.05, sun, seed, c, fr, thick=2.2, stretch=1.3)
        img = mix(
            img,
            mix(rgb("#121a22"), rgb("#c9c0a8"), np.clip(lit * 1.3 * (0.3 + near), 0, 1)),
            alpha * 0.9 * step(hz - y, 0.0, 0.3),
        )
    curtain = (
        np.clip(fbm(H, W, 260, 6, 4) + 0.2, 0, 1)
        * step(y, 0.1, 0.45)
        * (0.6 + 0.4 * noise(H, W, 14, 500, 3))
    )
    img = mix(img, rgb("#3a454c"), curtain * 0.5)
    ang = np.arctan2(y - ly, x - lx)
    dist = np.hypot(x - lx, y - ly)
    dust = np.clip(0.75 + 0.5 * fbm(H, W, 120, 19, 5), 0.1, 2)
    for a0, p in ((np.pi - 0.10, 1.0), (-0.08, 0.7)):
        da = np.abs((ang - a0 + np.pi) % (2 * np.pi) - np.pi)
        beam = np.exp(-((da / (0.035 + 0.012 / (dist + 0.05))) ** 2)) / (0.18 + dist * 1.1)
        img += (beam * dust * 0.17 * p)[..., None] * rgb("#ffe6ae")
    _sea_x, sea_z, _foot = ground(H, W, hz, 5)
    H - sea_z.shape[0]
    img = water(img, hz, 44, 0.2, 5, 0.12, deep="#0e1c20", clear=0.35, stretch=2.2)
    # Swells are drawn back to front, each hiding the foot of the one behind.
    r = np.random.default_rng(16)
    for k in range(15):
        t = (k / 14) ** 1.7
        base = hz + 0.008 + 0.36 * t
        high = 0.006 + 0.055 * t
        scale = 60 + 420 * t
        line = base - high * (1 - np.abs(fbm(2, W, scale, 500 + k, 6, 0.36)[0]) * 1.5)
        mask = skyline(H, W, line)
        depth = (y - line[None]) / (high * 2.2)
        warp_f = fbm(H, W, 26 + 60 * t, 600 + k, 6, 0.62, 2.4)
        face = ramp(
            np.clip(depth + warp_f * 0.25, 0, 1),
            [(0, "#4a605e"), (0.12, "#26393b"), (0.6, "#142529"), (1, "#0d191d")],
        ) * (0.6 + 0.9 * near[..., None])
        foam = step(warp_f * 0.9 - depth * 1.3 + fbm(H, W, 300, 700 + k, 3) * 0.8, 0.0, 0.9) * step(
            -depth, -1.4, -0.1
        )
        face = mix(face, rgb("#b4bab4") * (0.36 + 0.4 * near[..., None]), foam * 0.8)
        streak = step(fbm(H, W, 30 + 50 * t, 800 + k, 6, 0.65, 3.5), 0.35, 1.3)
        face = mix(face, rgb("#7d8a88") * 0.45, streak * 0.35)
        mist = np.clip(0.25 + 0.6 * fbm(H, W, 120, 850 + k, 4, 0.55, 3), 0, 1) * np.exp(
            -np.abs(depth) * 1.5
        )
        img = mix(img, face, blur(mask, 0.6 + t))
        img = mix(img, rgb("#9aa09a") * 0.5, mist * 0.35)
        img = mix(img, rgb("#8b9088") * 0.55, mask * (1 - t) * 0.10)
        if k == 6:
            img = rock_and_tower(img, lx, ly, r)
    spray = np.zeros((H, W), F)
    for cx, cy, sx, sy, seed in (
        (0.86, 0.66, 0.09, 0.16, 1),
        (1.3, 0.68, 0.07, 0.1, 2),
        (1.05, 0.72, 0.2, 0.06, 3),
    ):
        puff = np.exp(-(((x - cx) / sx) ** 2) - ((y - cy) / sy) ** 2 * np.where(y > cy, 5, 1))
        spray += puff * step(fbm(H, W, 90, 900 + seed, 7, 0.68) + 1.3 * puff, 0.5, 1.6)
    img = mix(img, rgb("#d5d8d0") * 0.75, np.clip(spray, 0, 1) * 0.9)
    img = mix(img, rgb("#767f80") * 0.8, rain(H, W, 5, 0.35, 46, 0.0012) * 0.25)
    sparks(img, [(lx, ly, "#ffe9b8", 14)], 5)
    sparks(img, [(lx, ly, "#ffe0a0", 0.9)], 45)
    img = bloom(img, 0.22, (6, 30, 120))
    return develop(img, 1.25, "#06181f", (1.02, 1, 0.94), 1.12, 0.85, 0.5, 0.022, 0.015, 4)


def rock_and_tower(img: Array, lx: float, ly: float, r: np.random.Generator) -> Array:
    """The rock, the tower and its lantern, lit from the left."""
    x, y = coords()
    xs = np.arange(W, dtype=F) / H
    shape = (
        0.66
        - 0.13 * np.exp(-(((xs - lx) / 0.1) ** 2))
        - 0.05 * np.exp(-(((xs - lx - 0.16) / 0.09) ** 2))
        + 0.028 * fbm(2, W, 70, 71, 6, 0.6)[0]
        + np.clip(np.abs(xs - lx) - 0.28, 0, 1)
    )
    mask = skyline(H, W, shape)
    relief = fbm(H, W, 70, 72, 7, 0.62)
    slope = (
        np.gradient(blur(relief, 1.5), axis=1) * 14 + np.gradient(blur(relief, 1.5), axis=0) * -9
    )
    stone = mix(
        rgb("#14181a"), rgb("#7d7c72"), np.clip(0.18 + slope, 0, 1) * (0.75 - 1.2 * (x - lx))
    )
    img = mix(img, stone * 0.7, mask)
    base, half = 0.545, 0.037

    def tower(d: ImageDraw.ImageDraw, u: float) -> None:
        d.polygon(
            [
                ((lx - half) * u, base * u),
                ((lx - half * 0.6) * u, 0.285 * u),
                ((lx + half * 0.6) * u, 0.285 * u),
                ((lx + half) * u, base * u),
            ],
            fill=255,
        )
        d.rectangle([(lx - 0.032) * u, 0.276 * u, (lx + 0.032) * u, 0.286 * u], fill=255)
        d.polygon(
            [((lx - 0.019) * u, 0.222 * u), (lx * u, 0.196 * u), ((lx + 0.019) * u, 0.222 * u)],
            fill=255,
        )
        d.line([(lx * u, 0.2 * u), (lx * u, 0.178 * u)], fill=255, width=int(0.002 * u))
        for k in (-0.03, -0.015, 0.0, 0.015, 0.03):
            d.line(
                [((lx + k) * u, 0.276 * u), ((lx + k) * u, 0.26 * u)],
                fill=255,
                width=int(0.0015 * u),
            )
        d.line(
            [((lx - 0.031) * u, 0.26 * u), ((lx + 0.031) * u, 0.26 * u)],
            fill=255,
            width=int(0.0015 * u),
        )
        for k in (-0.017, 0.0, 0.017):
            d.line(
                [((lx + k) * u, 0.276 * u), ((lx + k) * u, 0.22 * u)],
                fill=255,
                width=int(0.0025 * u),
            )

    m = stencil(H, W, tower, 3)
    width = half * (0.6 + 0.4 * np.clip((y - 0.285) / 0.26, 0, 1))
    across = np.clip((x - lx) / width, -1, 1)
    light = np.clip(
        0.18 + 0.75 * np.clip(-across * 0.75 + 0.35 * np.sqrt(1 - across**2), 0, 1), 0, 1
    )
    red = ((y > 0.345) & (y < 0.405)) | ((y > 0.465) & (y < 0.51))
    paint = np.where(red[..., None], rgb("#8c2f25"), rgb("#d8d5c8"))
    stain = 0.85 + 0.15 * noise(H, W, 8, 70, 44)
    door = (np.abs(x - lx + 0.006) < 0.005) & (np.abs(y - 0.44) < 0.008) | (
        np.abs(x - lx + 0.004) < 0.004
    ) & (np.abs(y - 0.33) < 0.007)
    body = paint * (light * stain)[..., None] * np.where(door, 0.2, 0.8)[..., None]
    body = np.where((y < 0.286)[..., None], rgb("#15191b") * (0.6 + light[..., None]), body)
    glass = (np.abs(x - lx) < 0.017) & (y > 0.222) & (y < 0.276)
    img = mix(img, rgb("#ffd78a") * 1.6, glass.astype(F) * 0.85)
    return mix(img, body, m)


def salt_marsh() -> Array:
    """A marsh from the air: creeks wandering between greens and ochres."""
    h, w = H, W
    x, y = coords(h, w)
    wx, wy = fbm(h, w, 420, 3, 4), fbm(h, w, 420, 4, 4)
    height = fbm(h, w, 520, 5, 8, 0.55) * 0.8
    # Creeks are the zero lines of warped noise: wide for the low octaves, fine for the high ones.
    creek = np.zeros((h, w), F)
    bank = np.zeros((h, w), F)
    for k, (scale, width) in enumerate(
        ((620, 0.050), (300, 0.032), (150, 0.026), (80, 0.024), (45, 0.022))
    ):
        n = warp(
            noise(h, w, scale, scale, 40 + k)
            + 0.35 * noise(h, w, scale / 2.3, scale / 2.3, 60 + k),
            wx * (30 + scale * 0.22),
            wy * (30 + scale * 0.22),
        )
        gy, gx = np.gradient(n)
        dist = np.abs(n) / (np.hypot(gx, gy) * scale + 0.12)
        keep = step(-height, -0.35 + 0.12 * k, 0.25 + 0.1 * k) if k > 1 else 1.0
        width = width * (0.7 + 0.6 * step(fbm(h, w, 700, 90 + k, 2), -0.6, 0.6))
        creek = np.maximum(creek, step(-dist, -width, -width * 0.55) * keep)
        bank = np.maximum(bank, np.exp(-((dist / (width * 3.2)) ** 2)) * keep)
    main = np.abs(y - 0.62 - 0.2 * np.sin(x * 3.1 + 0.4) - 0.08 * np.sin(x * 7.3) + 0.02 * wx) / (
        0.052 + 0.02 * np.sin(x * 2.2) + 0.008 * wy
    )
    creek = np.maximum(creek, step(-main, -1.0, -0.9))
    bank = np.maximum(bank, np.exp(-((np.clip(main - 1, 0, 9) / 0.5) ** 2)))
    tone = height + 0.35 * fbm(h, w, 90, 12, 6, 0.6)
    land = ramp(
        tone,
        [
            (-1.1, "#8a7440"),
            (-0.5, "#7d7a3e"),
            (0.0, "#4f6335"),
            (0.4, "#5d5f2c"),
            (0.8, "#96683a"),
            (1.2, "#7b3f2e"),
        ],
    )
    tuft = fbm(h, w, 14, 13, 4, 0.8)
    land = land * (0.85 + 0.28 * tuft)[..., None]
    rust = step(fbm(h, w, 200, 14, 6, 0.6), 0.3, 0.9)
    land = mix(land, rgb("#8d4a33") * (0.9 + 0.2 * tuft[..., None]), rust * 0.6)
    pool_n = fbm(h, w, 110, 15, 4, 0.4)
    pools = step(pool_n, 0.85, 0.93) * (1 - creek)
    mud = mix(rgb("#5c4d3d"), rgb("#8d7c66"), step(fbm(h, w, 30, 16, 5, 0.6), -0.8, 0.8))
    img = mix(land, mud, np.clip(bank * 0.9 - 0.1, 0, 0.9))
    wet = np.maximum(creek, pools)
    deep = blur(wet, 9)
    glint = step(x * 0.6 - y + 0.25 * fbm(h, w, 500, 17, 3), -0.45, 0.75)
    wat = mix(rgb("#24383d"), rgb("#c7d3cf"), glint * 0.75) * (0.75 + 0.35 * deep[..., None])
    wat = mix(rgb("#6b6048"), wat, step(deep, 0.35, 0.95))
    img = mix(img, wat, wet)
    relief = blur(-wet * 0.9 + 0.05 * tuft + height * 0.7, 1.2)
    shade = (np.roll(relief, (4, -5), (0, 1)) - np.roll(relief, (-4, 5), (0, 1))) * 0.5
    img *= np.clip(1 + shade * (1 - wet * 0.85), 0.35, 1.9)[..., None]
    cloud = step(fbm(h, w, 700, 18, 4, 0.5), -0.1, 0.9)
    img *= (1 - 0.45 * cloud)[..., None]
    r = np.random.default_rng(5)
    birds = [(0.93 + r.normal() * 0.05, 0.33 + r.normal() * 0.035) for _ in range(70)]
    sparks(img, [(a + 0.006, b + 0.009, (-1, -1, -1), 0.03) for a, b in birds], 1.2)
    sparks(img, [(a, b, "#ffffff", 0.75) for a, b in birds], 1.1)
    img = np.maximum(img, 0.002)
    return develop(
        blur(img, 0.6), 1.55, "#08161c", (1.04, 1.0, 0.92), 1.06, 0.68, 0.4, 0.012, 0.02, 5
    )


def river_ice() -> Array:
    """Floes on a dark river, the city a shadow in the frost haze."""
    hz = 0.36
    x, y = coords()
    sun = (1.1, 0.2)
    near = np.exp(-np.hypot((x - sun[0]) * 0.9, y - sun[1]) * 2.4)
    img = ramp(y / hz, [(0, "#8797a6"), (0.6, "#c2bdb8"), (1, "#d9c3ad")]) * (
        0.42 + 0.75 * near[..., None]
    )
    img += (
        0.9 * np.exp(-np.hypot(x - sun[0], y - sun[1]) * 16)
        + 2.5 * step(-np.hypot(x - sun[0], y - sun[1]), -0.026, -0.022)
    )[..., None] * rgb("#ffe3b8")
    haze = wide_blur(img, 40)
    r = np.random.default_rng(21)
    for k, far in enumerate((0.86, 0.7, 0.48)):

        def paint(d: ImageDraw.ImageDraw, u: float) -> None:
            px = -0.05
            while px < 1.55:
                wide, tall = r.uniform(0.02, 0.07), r.uniform(0.02, 0.075) * (1 + 0.2 * k)
                d.rectangle([px * u, (hz - tall) * u, (px + wide) * u, hz * u], fill=255)
                if r.random() < 0.35:
                    d.polygon(
                        [
                            (px * u, (hz - tall) * u),
                            ((px + wide / 2) * u, (hz - tall - wide * 0.4) * u),
                            ((px + wide) * u, (hz - tall) * u),
                        ],
                        fill=255,
                    )
                if r.random() < 0.16:
                    c, t = px + wide / 2, tall + r.uniform(0.05, 0.1)
                    d.polygon(
                        [
                            ((c - 0.009) * u, (hz - tall) * u),
                            ((c - 0.008) * u, (hz - t) * u),
                            (c * u, (hz - t - 0.06) * u),
                            ((c + 0.008) * u, (hz - t) * u),
                            ((c + 0.009) * u, (hz - tall) * u),
                        ],
                        fill=255,
                    )
                if r.random() < 0.12:
                    c, t = px + wide / 2, tall + r.uniform(0.05, 0.09)
                    d.rectangle([(c - 0.005) * u, (hz - t) * u, (c + 0.005) * u, hz * u], fill=255)
                px += wide * r.uniform(0.85, 1.25)

        mask = stencil(H, W, paint)
        img = mix(img, mix(np.broadcast_to(rgb("#3d4753"), img.shape), haze * 0.95, far), mask)
        steam = np.exp(-(((y - hz) / 0.045) ** 2)) * (
            0.55 + 0.4 * fbm(H, W, 120, 30 + k, 5, stretch=3)
        )
        img = mix(img, haze * 1.05, np.clip(steam, 0, 0.9))
    smoke = np.zeros((H, W), F)
    for cx, top in ((0.34, 0.22), (0.86, 0.25)):
        rise = np.clip(top - y, 0, 1)
        centre = cx + rise * 0.9 + 0.04 * noise(H, W, 90, 60, int(cx * 99))
        smoke += (
            np.exp(-(((x - centre) / (0.008 + rise * 0.28)) ** 2))
            * step(rise, 0.0, 0.02)
            * np.exp(-rise * 5)
            * np.clip(0.8 + fbm(H, W, 60, 41, 6, 0.6), 0, 1.5)
        )
    img = mix(img, haze * 1.12, np.clip(smoke, 0, 0.75))
    img = water(img, hz, 61, 0.02, 2.4, 1.2, deep="#0a1319", clear=0.5)
    gx, gz, foot = ground(H, W, hz, 2.4)
    top = H - gz.shape[0]
    pts = r.uniform((-26, 1.5), (26, 60), (5200, 2))
    pts = np.vstack([pts, r.uniform((-6, 2.0), (6, 12), (160, 2))])
    wobx = gx + 0.10 * plane_noise(gx, gz, foot, 3, 1.4, 4, 0.6)
    wobz = gz + 0.10 * plane_noise(gx, gz, foot, 5, 1.4, 4, 0.6)
    tree = cKDTree(pts)
    dd, idx = tree.query(np.stack([wobx, wobz], -1).reshape(-1, 2), k=2)
    dd, idx = dd.astype(F).reshape(*gx.shape, 2), idx.reshape(*gx.shape, 2)
    edge = dd[..., 1] - dd[..., 0]
    who = r.random(len(pts)).astype(F)[idx[..., 0]]
    lead = plane_noise(gx, gz, foot, 8, 0.07, 3, 0.5, 0.8)
    present = (who + 0.30 * lead) > 0.30
    size = 0.07 + 0.22 * np.clip(0.5 - 0.4 * lead, 0, 1)
    ice = step(edge - size, 0, 0.02 + foot * 1.0) * present
    rim = ice * step(-(edge - size), -0.16, -0.02)
    snow = plane_noise(gx, gz, foot, 12, 0.9, 6, 0.62)
    tint = np.random.default_rng(2).random(len(pts)).astype(F)[idx[..., 0]]
    col = mix(
        rgb("#8fa0ac"), rgb("#e9e4dc"), np.clip(0.45 + 0.22 * snow + 0.4 * (tint - 0.5), 0, 1)
    ) * (
        0.5
        + 0.55 * near[top:, :, None]
        + 0.32 * step(-np.abs(x[top:] - sun[0]), -0.6, 0)[..., None]
    )
    col = mix(col, rgb("#f4f0e6") * 0.95, rim * 0.45)
    thick = np.roll(ice, 5, 0) * (1 - ice) * step(-gz, -14, -4)
    low = img[top:]
    low = mix(
        low, low * 0.35 + rgb("#0d181f") * 0.3, np.clip(np.roll(ice, 12, 0) - ice, 0, 1) * 0.6
    )
    low = mix(low, rgb("#5c7480") * 0.5, thick)
    img[top:] = mix(low, col, ice)
    img = mix(img, haze.mean((0, 1)) * 1.35, np.exp(-np.clip(y - hz, 0, 1) / 0.05) * (y > hz) * 0.8)
    img = bloom(img, 0.15, (6, 40, 140))
    return develop(img, 1.15, "#0a1a2a", (1.03, 1, 0.96), 1.12, 0.9, 0.4, 0.015, 0.01, 6)


def container_yard() -> Array:
    """Stacks of containers from above, in low raking light."""
    r = np.random.default_rng(12)
    m = Model()
    m.quad([-260, 0, -260], [0, 0, 520], [520, 0, 0], "#55534f", 0)
    paints = [
        "#8f3226",
        "#a8512a",
        "#27507a",
        "#1f3a5c",
        "#3c6b58",
        "#8c8d8a",
        "#b5a078",
        "#6d2330",
        "#c08a2e",
        "#4d565c",
        "#2c6f80",
        "#b9b6ae",
    ]
    for bx in range(-6, 7):
        for bz in range(-9, 10):
            x0, z0 = bx * 19.0, bz * 14.5
            if r.random() < 0.07:
                continue
            tall = r.choice([2, 3, 4, 5])
            for row in range(4):
                for lev in range(max(0, int(tall - abs(r.normal()) * 1.5))):
                    c = rgb(paints[r.integers(len(paints))]) * r.uniform(0.7, 1.1)
                    jx = r.normal() * 0.06
                    m.box(
                        [x0 + jx, lev * 2.6, z0 + row * 2.62],
                        [x0 + 12.2 + jx, lev * 2.6 + 2.58, z0 + row * 2.62 + 2.44],
                        c,
                        1,
                    )
    for z in (-13.5, 44.5):
        for sx in (-21, 13):
            for dz in (0, 12.6):
                m.box([sx, 0, z + dz], [sx + 1, 21, z + dz + 1], "#b8912e", 2)
        for dz in (0, 12.6):
            m.box([-24, 21, z + dz], [17, 22.6, z + dz + 1.1], "#b8912e", 2)
        m.box([-6, 22.6, z], [0, 25, z + 13], "#8d8a80", 2)
    for k in range(9):
        z, x0 = -60 + k * 17.0 + r.uniform(-4, 4), r.choice([-23.6, -4.4, 14.8])
        m.box([x0 + 0.3, 0.4, z], [x0 + 2.6, 2.8, z + 2], "#c9c5ba", 2)
        if r.random() < 0.7:
            m.box(
                [x0 + 0.2, 1.1, z + 2.4],
                [x0 + 2.7, 3.6, z + 14],
                rgb(paints[r.integers(len(paints))]),
                1,
            )
    k = 1.5
    h, w = int(H * k), int(W * k)
    cam = Camera([92, 118, -104], [2, 0, 4], 2.25, h, w)
    hit = see(m, cam)
    sun = Camera([-330, 150, 90], [0, 0, 0], 2.0, 3000, 3600)
    lamp = scan(m, sun)[1]
    p, n = hit.place, hit.normal
    direct = unshadowed(p, n, sun, lamp, 0.35, 2.0) * np.clip(n @ (-sun.f).astype(F), 0, 1)
    ao = crevices(hit, 4, 60 * k, 1.3)
    col = hit.colour.copy()
    foot = np.full(p.shape[:2], 0.07, F)
    dirt = plane_noise(p[..., 0], p[..., 2] + p[..., 1], foot, 2, 0.3, 5, 0.65)
    steel = hit.kind == 1
    ribs = np.where(
        np.abs(n[..., 1]) < 0.5, np.where(np.abs(n[..., 2]) > 0.5, p[..., 0], p[..., 2]), p[..., 0]
    )
    col *= np.where(steel, 0.9 + 0.12 * np.sin(ribs * 22), 1)[..., None]
    col = mix(col, rgb("#5d4433"), np.where(steel, np.clip(dirt * 0.28 - 0.1, 0, 0.5), 0))
    flat = hit.kind == 0
    lane = np.abs((p[..., 0] + 3.4) % 19 - 0.0)
    paint_line = flat & (
        (np.abs(lane - 0.5) < 0.12) | ((np.abs(lane - 3.4) < 0.1) & (p[..., 2] % 6 < 3))
    )
    tar = plane_noise(p[..., 0], p[..., 2], foot, 7, 0.05, 6, 0.6, 0.35)
    col *= np.where(flat, 0.8 + 0.16 * tar + 0.06 * dirt, 1)[..., None]
    col = mix(col, rgb("#c9b98a"), paint_line * (0.55 + 0.2 * dirt).clip(0, 0.9))
    img = col * (
        direct[..., None] * rgb([3.1, 2.1, 1.2])
        + ao[..., None] * rgb([0.17, 0.25, 0.40]) * (0.6 + 0.4 * n[..., 1:2])
        + ao[..., None] * 0.05
    )
    shine = np.clip(n[..., 1], 0, 1) * steel * direct
    img += (shine * 0.06)[..., None] * rgb("#ffdcae")
    img = resize(img, H, W)
    x, y = coords()
    img = mix(img, rgb("#e9b98a") * 0.6, 0.30 * step(x * 0.35 - y, -0.25, 0.45))
    img = bloom(img, 0.15, (5, 30, 120))
    return develop(img, 1.0, "#08142a", (1.03, 1, 0.95), 1.06, 0.76, 0.45, 0.012, 0.012, 7)


SCENES = {
    "harbour-dawn": harbour_dawn,
    "wind-farm-sea": wind_farm_sea,
    "fishing-boats": fishing_boats,
    "lighthouse-storm": lighthouse_storm,
    "salt-marsh": salt_marsh,
    "river-ice": river_ice,
    "container-yard": container_yard,
}
