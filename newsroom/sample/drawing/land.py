# ruff: noqa: B023 - the painters handed to stencil() run at once, inside the loop.
"""Scenes of open country: fields, mountains, forest, night sky."""

from __future__ import annotations

import itertools

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
    mix,
    noise,
    plane_noise,
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
from .solid import Camera, Model, see


def tree(
    d: ImageDraw.ImageDraw,
    u: float,
    x: float,
    base: float,
    tall: float,
    r: np.random.Generator,
    bare: bool = False,
) -> None:
    """A tree drawn branch by branch, with leaf clumps unless bare."""

    def branch(px: float, py: float, a: float, ln: float, wide: float, left: int) -> None:
        qx, qy = px + np.sin(a) * ln, py - np.cos(a) * ln
        d.line([(px * u, py * u), (qx * u, qy * u)], fill=255, width=max(1, int(wide * u)))
        if left == 0:
            if not bare:
                for _ in range(5):
                    s = tall * r.uniform(0.015, 0.05)
                    cx, cy = qx + r.normal() * tall * 0.05, qy + r.normal() * tall * 0.05
                    d.ellipse(
                        [(cx - s) * u, (cy - s * 0.8) * u, (cx + s) * u, (cy + s * 0.8) * u],
                        fill=255,
                    )
            return
        for da in (-r.uniform(0.15, 0.5), r.uniform(0.15, 0.5), r.normal() * 0.15)[
            : 3 if left > 2 else 2
        ]:
            branch(qx, qy, a * 0.7 + da, ln * r.uniform(0.66, 0.86), wide * 0.62, left - 1)

    branch(x, base, r.normal() * 0.04, tall * 0.26, tall * 0.035, 6 if bare else 5)


def flood_fields() -> Array:
    """Rows of trees standing in flood water after sunset."""
    hz = 0.46
    x, y = coords()
    sun = (0.5, 0.47)
    near = np.exp(-np.hypot((x - sun[0]) * 0.6, (y - sun[1]) * 1.8) * 2)
    img = ramp(y / hz, [(0, "#33455e"), (0.45, "#7d7f90"), (0.75, "#cf9a7d"), (1, "#f0b878")]) * (
        0.45 + 0.9 * near[..., None]
    )
    alpha, lit = sky_clouds(H, W, hz, sun, 71, 0.15, 0.3, stretch=2.5)
    img = mix(
        img,
        mix(rgb("#3a4254") * 0.6, rgb("#f39a68") * 1.3, np.clip(lit * 0.8 + near * 0.3, 0, 1)),
        alpha * 0.85 * step(hz - y, 0.0, 0.25),
    )
    haze = wide_blur(img, 50)
    r = np.random.default_rng(31)
    back = ridge(W, hz - 0.02, 0.012, 260, 5, 6)
    img = mix(img, mix(rgb("#4c4a55"), haze, 0.6), skyline(H, W, back))

    def hedge(base: float, tall: float, gap: float, dark: float, seed: int) -> None:
        nonlocal img
        q = np.random.default_rng(seed)

        def paint(d: ImageDraw.ImageDraw, u: float) -> None:
            px = -0.05 + q.uniform(0, gap)
            while px < 1.55:
                if q.random() < 0.85:
                    tree(d, u, px, base, tall * q.uniform(0.7, 1.15), q)
                px += gap * q.uniform(0.6, 1.4)
            d.rectangle([0, (base - tall * 0.03) * u, 1.5 * u, (base + 0.004) * u], fill=255)

        img = mix(img, mix(rgb("#15181c"), haze, 1 - dark), stencil(H, W, paint, 3))

    hedge(hz, 0.045, 0.025, 0.45, 1)
    hedge(hz + 0.002, 0.075, 0.07, 0.65, 2)
    mist = np.exp(-(((y - hz) / 0.03) ** 2)) * (0.5 + 0.4 * fbm(H, W, 140, 8, 4, stretch=6))
    img = mix(img, haze * 1.05, np.clip(mist, 0, 0.8))
    img = water(img, hz, 14, 0.012, 2.4, 0.6, deep="#1b2022", clear=0.85, stretch=2)
    # Each nearer row stands in the water and is mirrored about its own foot.
    for base, tall, gap, seed in (
        (0.50, 0.12, 0.19, 3),
        (0.56, 0.2, 0.3, 4),
        (0.665, 0.40, 0.78, 6),
    ):
        q = np.random.default_rng(seed)

        def paint(d: ImageDraw.ImageDraw, u: float) -> None:
            px = q.uniform(0.05, gap * 0.7)
            while px < 1.55:
                tree(d, u, px, base, tall * q.uniform(0.8, 1.1), q, True)
                px += gap * q.uniform(0.75, 1.3)

        mask = stencil(H, W, paint, 3)
        k = min(base * 1.0, 1)
        rows = np.clip((2 * base - (np.arange(H) + 0.5) / H) * H, 0, H - 1).astype(int)
        wave = (
            noise(H, W, 90, 7, seed) * 5 * step(y, base, base + 0.25)
            + noise(H, W, 30, 3, seed + 9) * 1.5
        )
        ref = warp(mask[rows] * (y > base), wave, 0)
        tone = mix(rgb("#0d0f12"), haze * 0.8, 0.45 - 0.4 * k)
        img = mix(img, tone, mask * 0.95 * (y <= base + 0.004))
        img = mix(img, tone * 1.1, blur(ref, (2, 0.6)) * 0.82)
    gx, gz, foot = ground(H, W, hz, 2.4)
    top = H - gz.shape[0]
    rise = (
        plane_noise(gx, gz, foot, 77, 0.22, 4, 0.5, 2.2)
        + 0.45 * np.sin(gz * 2.1 + gx * 0.5)
        - 0.12 * gz
        + 0.4
    )
    stubble = plane_noise(gx, gz, foot, 78, 5, 4, 0.7, 0.6)
    bankm = step(rise + 0.15 * stubble, 0.55, 0.75) * step(-gz, -9, -5)
    soil = mix(rgb("#17150f"), rgb("#6b5136"), np.clip(0.3 + 0.22 * stubble, 0, 1)) * (
        0.35 + 0.6 * near[top:, :, None]
    )
    img[top:] = mix(img[top:], soil, bankm)

    def posts(d: ImageDraw.ImageDraw, u: float) -> None:
        pts = []
        for k in range(11):
            z = 2.7 + k * 1.25
            px, py = 0.75 + (2.2 - 0.37 * z) * 1.2 / z * 0.75, hz + 2.4 * 1.2 / z * 0.72
            tall = 0.42 / z
            d.line(
                [(px * u, py * u), ((px + 0.01 * r.normal() / z) * u, (py - tall) * u)],
                fill=255,
                width=max(2, int(0.024 / z * u)),
            )
            pts.append((px, py, tall))
        for f in (0.35, 0.85):
            d.line([(a * u, (b - t * f) * u) for a, b, t in pts], fill=200, width=2)

    fence = stencil(H, W, posts, 3)
    img = img * (1 - 0.9 * fence[..., None])
    low = np.exp(-(((y - hz - 0.06) / 0.05) ** 2)) * np.clip(
        0.2 + 0.6 * fbm(H, W, 170, 81, 5, stretch=7), 0, 1
    )
    img = mix(img, haze * 0.95, low * 0.5)
    img = bloom(img, 0.2, (6, 40, 130))
    return develop(img, 1.5, "#0a1428", (1.04, 1, 0.94), 1.06, 0.95, 0.42, 0.016, 0.015, 8)


def drought_earth() -> Array:
    """Cracked mud of a dry lake, lit almost level by the sun."""
    hz = 0.3
    x, y = coords()
    sun = (0.38, 0.235)
    near = np.exp(-np.hypot((x - sun[0]) * 0.8, (y - sun[1]) * 1.4) * 2.6)
    img = ramp(y / hz, [(0, "#a08a74"), (0.6, "#dcae7c"), (1, "#f2c791")]) * (
        0.4 + 0.8 * near[..., None]
    )
    disc = np.hypot(x - sun[0], y - sun[1])
    img += (3.5 * step(-disc, -0.03, -0.027) + 0.7 * np.exp(-disc * 12))[..., None] * rgb("#ffd9a0")
    haze = wide_blur(img, 40)
    for k, far in enumerate((0.75, 0.5)):
        img = mix(
            img,
            mix(rgb("#5c4434"), haze, far),
            skyline(
                H, W, ridge(W, hz - 0.022 + 0.018 * k, 0.02 - 0.006 * k, 300 - 80 * k, 31 + k, 7)
            ),
        )
    gx, gz, foot = ground(H, W, hz, 1.5)
    top = H - gz.shape[0]
    r = np.random.default_rng(8)
    pts = r.uniform((-22, 1.2), (22, 36), (3900, 2))
    kd = cKDTree(pts)

    def cracks(a: Array, b: Array, tree_: cKDTree, foot: Array) -> tuple[Array, np.ndarray]:
        wx = a + 0.035 * plane_noise(a, b, foot, 3, 2, 4, 0.5)
        wz = b + 0.035 * plane_noise(a, b, foot, 4, 2, 4, 0.5)
        d, i = tree_.query(np.stack([wx, wz], -1).reshape(-1, 2), k=2)
        return (d[:, 1] - d[:, 0]).astype(F).reshape(a.shape), i[:, 0].reshape(a.shape)

    fine = cKDTree(r.uniform((-6, 1.2), (6, 9), (9000, 2)))
    edge, who = cracks(gx, gz, kd, foot)
    edge2, _ = cracks(gx, gz, fine, foot)
    lift = r.random(len(pts)).astype(F)[who]
    tiltx, tiltz = (r.normal(size=(2, len(pts))) * 0.12).astype(F)[:, who]
    width = 0.06
    curl = step(edge, width, width + 0.26)
    grit = plane_noise(gx, gz, foot, 9, 5, 6, 0.65)
    mottled = plane_noise(gx, gz, foot, 10, 0.8, 5, 0.6)
    tall = (
        0.10 * (1 - (1 - curl) ** 2) * -0.35
        + 0.012 * grit
        + 0.025 * mottled
        - 0.02 * (1 - step(edge2, 0.008, 0.03)) * step(-gz, -7, -4)
    )
    tall = tall - 0.10 * (1 - step(edge, width * 0.6, width * 1.25))
    dzdx = np.gradient(tall, axis=1) / (np.gradient(gx, axis=1) + 1e-6) + tiltx
    dzdz = np.gradient(tall, axis=0) / (np.gradient(gz, axis=0) - 1e-6) + tiltz
    sx, sz = -0.15, 0.98
    dzdx, dzdz = dzdx * (1 - far), dzdz * (1 - far)
    lam = np.clip((0.16 - dzdx * sx - dzdz * sz) / np.sqrt(1 + dzdx**2 + dzdz**2), 0, 2.2)
    base = mix(
        rgb("#6d5340"),
        rgb("#c2a07c"),
        np.clip(0.5 + 0.16 * mottled + 0.1 * grit + 0.35 * (lift - 0.5), 0, 1),
    )
    far = step(gz, 9, 24)
    open_ = np.maximum(step(edge, width * 0.5, width * 1.15), far)
    open2 = 1 - 0.55 * (1 - step(edge2, 0.006, 0.02)) * step(-gz, -7, -4)
    light = near[top:] * 1.2 + 0.35
    soil = base * (
        lam[..., None] * rgb([2.7, 1.75, 0.95]) * light[..., None] + rgb([0.22, 0.25, 0.33])
    )
    sheen = (
        np.exp(-(((x[top:] - sun[0]) / (0.16 + 0.3 * (y[top:] - hz))) ** 2))
        * np.clip(lam, 0, 1)
        * 0.35
    )
    soil += sheen[..., None] * rgb("#ffc48a")
    soil *= (0.06 + 0.94 * open_ * open2)[..., None]
    img[top:] = soil

    def boat(d: ImageDraw.ImageDraw, u: float) -> None:
        bx, by, s = 0.98, 0.395, 0.2
        d.polygon(
            [
                ((bx + a * s) * u, (by - b * s) * u)
                for a, b in (
                    (-0.52, 0.2),
                    (-0.4, 0.03),
                    (0.3, -0.05),
                    (0.42, 0.0),
                    (0.56, 0.2),
                    (0.3, 0.12),
                    (-0.2, 0.13),
                )
            ],
            fill=255,
        )
        d.line(
            [((bx - 0.3 * s) * u, (by - 0.12 * s) * u), ((bx - 0.62 * s) * u, (by - 0.33 * s) * u)],
            fill=255,
            width=int(0.004 * u),
        )

    hullm = stencil(H, W, boat, 3)
    shadow = blur(np.roll(hullm, (30, 26), (0, 1)), (9, 26)) * (y > 0.385)
    img *= (1 - 0.75 * np.clip(shadow * 1.4, 0, 1))[..., None]
    plank = 0.6 + 0.4 * noise(H, W, 70, 4, 14)
    img = mix(img, rgb("#33231a") * plank[..., None] * (0.5 + 0.5 * near[..., None]), hullm)
    img = mix(img, haze, np.exp(-np.clip(y - hz, 0, 1) / 0.04) * (y >= hz - 0.004) * 0.7)
    soft = wide_blur(img, 7)
    img = mix(img, soft, step(y, 0.86, 1.02) * 0.85)
    img = bloom(img, 0.22, (6, 40, 160))
    return develop(img, 0.95, "#1a0e12", (1.03, 1, 0.93), 1.08, 0.9, 0.45, 0.015, 0.015, 9)


def mountain_lake() -> Array:
    """Ridge behind ridge, mirrored in a lake at first light."""
    hz = 0.6
    x, y = coords()
    sun = (1.18, 0.33)
    near = np.exp(-np.hypot((x - sun[0]) * 0.7, y - sun[1]) * 2)
    img = ramp(y / hz, [(0, "#3c5878"), (0.5, "#9aa9b8"), (0.8, "#e7c7a8"), (1, "#f2d3ab")]) * (
        0.5 + 0.7 * near[..., None]
    )
    alpha, lit = sky_clouds(H, W, hz, sun, 91, -0.25, 0.3, stretch=3.5)
    img = mix(
        img,
        mix(rgb("#6d7688"), rgb("#ffd2a8") * 1.2, np.clip(lit, 0, 1)),
        alpha * 0.7 * step(hz - y, 0.1, 0.4),
    )
    haze = wide_blur(img, 60)
    layers = [
        (0.34, 0.15, 520, 0.74),
        (0.41, 0.12, 420, 0.58),
        (0.47, 0.10, 360, 0.42),
        (0.53, 0.07, 260, 0.25),
        (0.585, 0.045, 300, 0.1),
    ]
    for k, (base, rise, scale, far) in enumerate(layers):
        line = base - rise * (
            0.75 * np.abs(fbm(2, W, scale, 700 + k, 8, 0.5)[1])
            + 0.55 * fbm(2, W, scale * 1.7, 740 + k, 8, 0.5)[1]
            - 0.2
        )
        line = line + 0.16 * (x[0] / 1.5 - 0.5) ** 2 * -(1.5 if k > 1 else -0.6)
        if k > 2:
            spikes = (
                np.abs(noise(2, W, 5, 9, 40 + k)[1]) * 0.010
                + np.abs(noise(2, W, 2.3, 9, 41 + k)[1]) * 0.006
            )
            line = line - spikes * (0.7 + 0.25 * (k - 2))
        mask = skyline(H, W, line)
        below = y - line[None]
        # Fake relief: ridged noise running down the slopes, lit from the right.
        relief = np.abs(warp(fbm(H, W, scale * 0.3, 720 + k, 7, 0.6), below * 300, 0))
        shade = np.gradient(blur(relief, 1.0), axis=1) * -(26 - 3 * k)
        snow = step(-(below - 0.07 + 0.06 * relief), -0.01, 0.05) * (1 if k < 2 else 0)
        rock = mix(rgb("#27333d"), rgb("#5d4c40"), np.clip(0.4 + 0.5 * near, 0, 1))
        rock = mix(rock, rgb("#d9d7d6"), snow * 0.75)
        tone = rock * np.clip(0.5 + shade, 0.12, 1.7)[..., None] * (0.6 + 1.0 * near[..., None])
        if k > 2:
            tone = rgb("#141d1f") * (0.7 + 0.5 * fbm(H, W, 10, 3 + k, 3)[..., None])
        tone = mix(tone, haze * 0.95, np.clip(far + 0.15 * near + below * 1.1 * (k < 4), 0, 0.95))
        img = mix(img, tone, mask)
        mist = np.exp(-(((y - base - 0.045 - 0.01 * k) / 0.035) ** 2)) * np.clip(
            0.45 + 0.6 * fbm(H, W, 150, 800 + k, 6, 0.55, 4), 0, 1
        )
        if k < 4:
            img = mix(img, haze * 1.08, mist * 0.8)
    img = water(img, hz, 33, 0.012, 2, 0.8, deep="#0d1a20", clear=0.8)
    drift = np.exp(-(((y - hz - 0.012) / 0.022) ** 2)) * np.clip(
        0.3 + 0.7 * fbm(H, W, 120, 55, 5, 0.55, 7), 0, 1
    )
    img = mix(img, haze[int(hz * H) - 5][None] * 1.0, drift * 0.7)
    img = bloom(img, 0.18, (6, 50, 160))
    return develop(img, 1.2, "#081828", (1.04, 1, 0.95), 1.1, 0.95, 0.4, 0.014, 0.01, 10)


def border_snow() -> Array:
    """A fence running away through falling snow; a watchtower far off."""
    hz = 0.46
    x, y = coords()
    img = ramp(y / hz, [(0, "#9aa3ab"), (1, "#c3c6c8")]) * 0.9
    img *= (1 + 0.10 * fbm(H, W, 500, 3, 5, stretch=2))[..., None]
    haze = rgb("#bfc3c6") * 0.88
    woods = (
        hz
        - 0.035
        - 0.02 * fbm(2, W, 400, 5, 4)[0]
        - np.abs(noise(2, W, 6, 9, 4)[0]) * 0.014
        - np.abs(noise(2, W, 2.5, 9, 5)[0]) * 0.008
    )
    img = mix(img, mix(rgb("#39424a"), haze, 0.74), skyline(H, W, woods))
    woods2 = (
        hz
        - 0.02
        - 0.05 * step(x[0], 1.05, 1.5)
        - np.abs(noise(2, W, 9, 9, 14)[0]) * 0.03
        - np.abs(noise(2, W, 3.5, 9, 15)[0]) * 0.012
    )
    img = mix(img, mix(rgb("#2d353c"), haze, 0.55), skyline(H, W, woods2) * step(x, 0.85, 1.2))

    def tower(d: ImageDraw.ImageDraw, u: float) -> None:
        cx, b = 0.80, hz + 0.006
        for s in (-1, 1):
            d.line(
                [((cx + s * 0.022) * u, b * u), ((cx + s * 0.014) * u, (b - 0.14) * u)],
                fill=255,
                width=int(0.0035 * u),
            )
        for k in range(3):
            y0, y1 = b - 0.045 * k, b - 0.045 * (k + 1)
            d.line(
                [((cx - 0.02) * u, y0 * u), ((cx + 0.017) * u, y1 * u)],
                fill=255,
                width=int(0.0018 * u),
            )
            d.line(
                [((cx + 0.02) * u, y0 * u), ((cx - 0.017) * u, y1 * u)],
                fill=255,
                width=int(0.0018 * u),
            )
        d.rectangle(
            [(cx - 0.026) * u, (b - 0.148) * u, (cx + 0.026) * u, (b - 0.138) * u], fill=255
        )
        d.rectangle([(cx - 0.02) * u, (b - 0.195) * u, (cx + 0.02) * u, (b - 0.14) * u], fill=255)
        d.polygon(
            [
                ((cx - 0.03) * u, (b - 0.193) * u),
                (cx * u, (b - 0.216) * u),
                ((cx + 0.03) * u, (b - 0.193) * u),
            ],
            fill=255,
        )
        d.line(
            [(cx * u, (b - 0.21) * u), (cx * u, (b - 0.26) * u)], fill=255, width=int(0.0016 * u)
        )

    img = mix(img, mix(rgb("#2a3036"), haze, 0.34), stencil(H, W, tower, 3))
    pane = (np.abs(x - 0.80) < 0.014) & (np.abs(y - (hz - 0.163)) < 0.008)
    img = mix(img, rgb("#e9b870"), pane * 0.55)
    img = mix(img, haze, np.exp(-(((y - hz) / 0.03) ** 2)) * 0.55)
    gx, gz, foot = ground(H, W, hz, 1.7)
    top = H - gz.shape[0]
    drift = plane_noise(gx, gz, foot, 21, 0.16, 4, 0.42, 2.4)
    crust = plane_noise(gx, gz, foot, 22, 3, 5, 0.6, 2)
    grad = np.gradient(drift, axis=1) * 18 / np.maximum(1.0, 9 / gz)
    tone = 0.62 + 0.10 * drift + np.clip(grad, -0.22, 0.22) + 0.022 * crust
    ruts = sum(np.exp(-(((gx - c - 0.25 * np.sin(gz * 0.22)) / 0.13) ** 2)) for c in (1.25, 2.55))
    tone = tone - 0.20 * ruts * (0.8 + 0.25 * crust)
    snow = mix(rgb("#66737f"), rgb("#eef0f0"), np.clip(tone, 0, 1))
    img[top:] = mix(snow * 0.92, haze, 1 - np.exp(-gz / 26.0))
    grass = stencil(H, W, lambda d, u: grasses(d, u, hz), 2)
    img = mix(img, rgb("#584c3c") * 0.8, grass * 0.8)
    r = np.random.default_rng(5)

    def fence(lo: int, hi: int):
        def paint(d: ImageDraw.ImageDraw, u: float) -> None:
            def at(k: float, up: float) -> tuple[float, float, float]:
                z = 2.0 + k * 2.3
                wx = -1.72 + 0.008 * z * z * 0.12
                return (0.75 + wx * 1.2 / z) * u, (hz + (1.7 - up) * 1.2 / z) * u, z

            lean = np.random.default_rng(4).normal(size=60) * 0.06
            for k in range(hi, lo - 1, -1):
                (bx, by, z), (tx, ty, _) = at(k, -0.15), at(k, 2.3)
                tx += lean[k] * 200 / z
                d.line([(bx, by), (tx, ty)], fill=255, width=max(1, int(0.085 / z * 1.2 * u)))
                d.line(
                    [(tx, ty), (tx + 0.28 / z * u, ty - 0.24 / z * u)],
                    fill=255,
                    width=max(1, int(0.06 / z * u)),
                )
                for f in np.linspace(0.25, 2.2, 8):
                    (ax, ay, _), (cx, cy, _) = at(k, f), at(k + 1, f)
                    mx, my = (ax + cx) / 2, (ay + cy) / 2 + 0.02 / z * u
                    d.line(
                        [(ax, ay), (mx, my), (cx, cy)], fill=255, width=max(1, int(0.011 / z * u))
                    )
                    for q in np.linspace(0, 1, 9)[:-1]:
                        bx2, by2 = ax + (cx - ax) * q, ay + (cy - ay) * q
                        s = 0.022 / z * u
                        d.line([(bx2 - s, by2 - s), (bx2 + s, by2 + s)], fill=200, width=1)

        return paint

    for lo, hi in ((16, 45), (8, 15), (4, 7), (0, 3)):
        z = 2.0 + lo * 2.3
        m = stencil(H, W, fence(lo, hi), 3)
        if lo == 0:
            m = blur(m, 1.6)
        img = mix(img, mix(rgb("#23282d"), haze, 1 - np.exp(-z / 30)), np.clip(m * 1.1, 0, 1))
    for size, count, _soft, power in (
        (0.7, 5200, 0.6, 0.5),
        (1.3, 1700, 1.0, 0.7),
        (2.6, 380, 1.8, 0.65),
        (7, 42, 4.0, 0.6),
    ):
        flakes = np.zeros((H, W), F)
        for _ in range(count):
            cx, cy = int(r.integers(0, W)), int(r.integers(0, H))
            flakes[cy, cx] = r.uniform(0.4, 1)
        sig = (size * 1.5, size)
        flakes = blur(flakes, sig) * (2 * np.pi * sig[0] * sig[1])
        flakes = (
            sum(np.roll(flakes, (q, -q // 2), (0, 1)) for q in range(0, int(size * 2) + 1))
            / (int(size * 2) + 1)
            * 1.5
        )
        img = mix(img, rgb("#ffffff") * 0.98, np.clip(flakes, 0, 1) * power)
    return develop(img, 0.95, "#0a1622", (1.0, 1.0, 1.01), 1.12, 0.85, 0.4, 0.014, 0.03, 11)


def grasses(d: ImageDraw.ImageDraw, u: float, hz: float) -> None:
    """Dead grass sticking out of the snow."""
    r = np.random.default_rng(17)
    for _ in range(60):
        cx, cy = r.uniform(0, 1.5), r.uniform(hz + 0.1, 1.0)
        s = (cy - hz) * 0.16
        for _ in range(int(r.integers(5, 16))):
            a, b = cx + r.normal() * s * 0.3, cy + r.normal() * s * 0.05
            t, ln = r.normal() * 0.4, s * r.uniform(0.4, 1)
            d.line(
                [
                    (a * u, b * u),
                    ((a + t * ln * 0.5) * u, (b - ln * 0.6) * u),
                    ((a + t * ln * 1.3) * u, (b - ln) * u),
                ],
                fill=230,
                width=max(1, int(0.004 * s * 12 * u * 0.1)),
            )


def pylons_sunset() -> Array:
    """Power lines walking off into the sunset over dark fields."""
    hz = 0.74
    x, y = coords()
    sun = (0.47, 0.665)
    disc = np.hypot(x - sun[0], y - sun[1])
    near = np.exp(-np.hypot((x - sun[0]) * 0.6, (y - sun[1]) * 1.2) * 2)
    img = ramp(
        y / hz,
        [(0, "#2f3a55"), (0.35, "#75616f"), (0.65, "#cf8260"), (0.88, "#ffae5c"), (1, "#ffc878")],
    ) * (0.4 + 0.9 * near[..., None])
    alpha, lit = sky_clouds(H, W, hz, sun, 133, 0.05, 0.28, thick=1.8, stretch=2.6)
    img = mix(
        img,
        mix(rgb("#3a2c48") * 0.8, rgb("#ff8f5a") * 1.7, np.clip(lit * 0.95 + near * 0.2, 0, 1)),
        alpha * 0.8 * step(hz - y, 0.05, 0.3),
    )
    img += (6 * step(-disc, -0.038, -0.034) + 0.9 * np.exp(-disc * 10))[..., None] * rgb("#ffc070")
    haze = wide_blur(img, 50)
    for k, far in enumerate((0.8, 0.62, 0.4)):
        line = (
            ridge(W, hz - 0.035 + 0.02 * k, 0.014, 420 - 90 * k, 60 + k, 7)
            - np.abs(noise(2, W, 7, 9, 70 + k)[0]) * 0.006 * k
        )
        img = mix(img, mix(rgb("#2a1a26"), haze, far), skyline(H, W, line))
        img = mix(
            img,
            haze * 1.05,
            np.exp(-(((y - hz + 0.02 - 0.02 * k) / 0.02) ** 2))
            * np.clip(0.4 + 0.5 * fbm(H, W, 140, 75 + k, 4, stretch=6), 0, 1)
            * 0.6,
        )
    gx, gz, foot = ground(H, W, hz, 3)
    top = H - gz.shape[0]
    rows = np.sin((gx + 0.12 * plane_noise(gx, gz, foot, 5, 0.4, 3) - gz * 0.28) * 7.5) * (
        1 - step(foot * 7.5, 0.5, 2)
    )
    corn = plane_noise(gx, gz, foot, 6, 2.4, 5, 0.7, 0.7)
    field = mix(rgb("#120c0f"), rgb("#b2652f"), np.clip(0.16 + 0.12 * rows + 0.10 * corn, 0, 1)) * (
        0.25 + 1.3 * near[top:, :, None]
    )
    img[top:] = mix(
        field, haze[int(hz * H) - 4][None], np.exp(-np.clip(y[top:] - hz, 0, 1) / 0.03) * 0.55
    )
    towers = [(26.0, 0), (11.5, 1), (6.2, 2), (3.45, 3), (1.9, 4)]
    places = []

    def pylon(d: ImageDraw.ImageDraw, u: float, z: float) -> list[tuple[float, float]]:
        cx, base = 0.50 + 1.62 / z * 0.8, hz + 0.33 / z * 0.9
        s = 2.25 / z
        t = max(1, int(0.010 * s * u))

        def at(a: float, b: float) -> tuple[float, float]:
            return ((cx + a * s) * u, (base - b * s) * u)

        def half(b: float) -> float:
            return 0.105 * (1 - b / 0.62) + 0.028 if b < 0.62 else 0.028 * (1 - (b - 0.62) / 0.5)

        levels = [0, 0.16, 0.29, 0.4, 0.49, 0.56, 0.62, 0.69, 0.76, 0.83, 0.9, 0.97]
        for a, b in itertools.pairwise(levels):
            for q in (-1, 1):
                d.line([at(q * half(a), a), at(q * half(b), b)], fill=255, width=t + 1)
                d.line([at(q * half(a), a), at(-q * half(b), b)], fill=255, width=max(1, t // 2))
            d.line([at(-half(b), b), at(half(b), b)], fill=255, width=max(1, t // 2))
        tips = []
        for b, reach in ((0.62, 0.21), (0.76, 0.27), (0.9, 0.19)):
            for q in (-1, 1):
                d.line([at(0, b), at(q * reach, b + 0.005)], fill=255, width=t)
                d.line(
                    [at(0, b + 0.07), at(q * reach, b + 0.005)], fill=255, width=max(1, t * 2 // 3)
                )
                for f in (0.33, 0.66):
                    d.line(
                        [at(q * reach * f, b), at(q * reach * f, b + 0.07 * (1 - f))],
                        fill=255,
                        width=max(1, t // 2),
                    )
                d.line([at(q * reach, b), at(q * reach, b - 0.05)], fill=255, width=t)
                tips.append(at(q * reach, b - 0.05))
        return tips

    for z, k in towers:
        here: list = []

        def paint(d: ImageDraw.ImageDraw, u: float) -> None:
            here.extend(pylon(d, u, z))

        m = stencil(H, W, paint, 3)
        places.append(here)
        img = mix(img, mix(rgb("#140d14"), haze, np.clip(0.75 - 0.2 * k, 0, 0.8)), m)

    def wires(d: ImageDraw.ImageDraw, u: float) -> None:
        for n, (a, b) in enumerate(
            zip(
                places,
                [
                    *places[1:],
                    [
                        (p[0] + 3.2 * (p[0] - q[0]), p[1] + 3.2 * (p[1] - q[1]))
                        for p, q in zip(places[-1], places[-2], strict=False)
                    ],
                ],
                strict=False,
            )
        ):
            for (x0, y0), (x1, y1) in zip(a, b, strict=False):
                t = np.linspace(0, 1, 40)
                sag = 0.012 * u * (n + 1) ** 1.35
                pts = [
                    (
                        float(x0 + (x1 - x0) * q**1.25),
                        float(y0 + (y1 - y0) * q**1.25 + sag * 4 * q * (1 - q)),
                    )
                    for q in t
                ]
                d.line(pts, fill=(150, 200, 255, 255, 255)[n], width=(1, 2, 3, 4, 5)[n])

    img = mix(img, rgb("#140d14"), stencil(H, W, wires, 3) * 0.92)
    r = np.random.default_rng(2)
    birds = stencil(
        H,
        W,
        lambda d, u: [
            d.line(
                [
                    ((a - s) * u, (b - s * 0.35) * u),
                    (a * u, b * u),
                    ((a + s) * u, (b - s * 0.5) * u),
                ],
                fill=255,
                width=4,
            )
            for a, b, s in [
                (0.22 + r.normal() * 0.06, 0.33 + r.normal() * 0.035, r.uniform(0.003, 0.006))
                for _ in range(34)
            ]
        ],
        3,
    )
    img = img * (1 - 0.85 * birds[..., None])
    img = bloom(img, 0.3, (6, 40, 160))
    return develop(img, 1.05, "#140a22", (1.04, 1, 0.94), 1.08, 0.82, 0.4, 0.015, 0.015, 12)


def smoke_ridge() -> Array:
    """A burning ridge at night: black forest, glowing smoke."""
    x, y = coords()
    r = np.random.default_rng(9)
    img = ramp(y, [(0, "#0d0f18"), (0.5, "#1d1719"), (1, "#0a0a0c")])
    fire = [
        (0.35, 0.545, 0.10),
        (0.62, 0.52, 0.16),
        (0.80, 0.485, 0.22),
        (1.02, 0.47, 0.12),
        (1.2, 0.51, 0.07),
    ]
    glowm = sum(
        np.exp(
            -np.hypot(
                (x - a) / (0.20 + s),
                np.where(y < b, (b - y) * 1.15, (y - b) * 3) / (0.18 + s * 1.1),
            )
            * 1.7
        )
        * (0.5 + 3 * s)
        for a, b, s in fire
    )
    lean = (0.6 - y) * 0.55
    wx, wy = fbm(H, W, 300, 3, 5), fbm(H, W, 300, 4, 5)
    body = np.zeros((H, W), F)
    shade = np.zeros((H, W), F)
    for k, (scale, amp) in enumerate(
        ((330, 1.0), (170, 0.62), (85, 0.4), (42, 0.25), (21, 0.15), (10, 0.09))
    ):
        q = scale * 0.22
        n = 1 - 2 * np.abs(warp(noise(H, W, scale * 1.2, scale, 20 + k), wx * q, wy * q))
        m = 1 - 2 * np.abs(
            warp(noise(H, W, scale * 1.2, scale, 20 + k), wx * q, wy * q - scale * 0.16)
        )
        body += amp * n
        shade += amp * (m - n) / scale * 90
    column = np.exp(-(((x - 0.78 - lean * 0.9) / (0.28 + np.clip(0.55 - y, 0, 1) * 0.75)) ** 2))
    density = step(body * 0.55 + column * 1.8 - 0.9, -0.3, 0.9) * step(-y, -0.62, -0.4)
    lit = np.clip(0.5 - shade * 0.22, 0.05, 1.5) * glowm
    smoke = (
        lit[..., None] ** 1.1
        * ramp(
            np.clip(lit, 0, 1.6),
            [(0, "#4a2a26"), (0.35, "#b0482a"), (0.9, "#ff8a3a"), (1.6, "#ffc070")],
        )
        * 1.25
        + rgb("#1c1a1f") * (0.5 + 0.3 * np.clip(-shade * 0.3 + 0.5, 0, 1))[..., None]
    )
    img = mix(img, smoke, density)
    img += (glowm[..., None] ** 1.6) * rgb("#c2431a") * 0.16
    sparks(
        img,
        [
            (r.uniform(0, 1.5), r.uniform(0, 0.3), "#cdd6ff", r.uniform(0.05, 0.3))
            for _ in range(50)
        ],
        0.8,
    )
    lines = [
        (0.52, 0.07, 500, 0.55),
        (0.62, 0.055, 420, 0.28),
        (0.72, 0.05, 380, 0.12),
        (0.86, 0.05, 420, 0.0),
    ]
    for k, (base, rise, scale, far) in enumerate(lines):
        line = ridge(W, base, rise, scale, 90 + k, 5, 0.42) - (
            0.09 * np.exp(-(((x[0] - 0.86) / 0.28) ** 2)) if k == 0 else 0
        )
        s = 1 + 1.5 * k

        def firs(d: ImageDraw.ImageDraw, u: float) -> None:
            q = np.random.default_rng(50 + k)
            px = 0.0
            while px < 1.5:
                c = int(min(px * H, W - 1))
                b, tall = (
                    line[c] + 0.006 * s,
                    q.uniform(0.012, 0.03) * s * (1 + 0.3 * (q.random() < 0.15)),
                )
                wide = tall * q.uniform(0.16, 0.26)
                pts = [(px, b - tall)]
                for j in range(1, 6):
                    f = j / 5
                    pts += [
                        (px + wide * f, b - tall * (1 - f * 0.92)),
                        (px + wide * f * 0.6, b - tall * (1 - f * 0.92) - tall * 0.01),
                    ]
                for j in range(5, 0, -1):
                    f = j / 5
                    pts += [
                        (px - wide * f * 0.6, b - tall * (1 - f * 0.92) - tall * 0.01),
                        (px - wide * f, b - tall * (1 - f * 0.92)),
                    ]
                d.polygon([(a * u, c2 * u) for a, c2 in pts], fill=255)
                px += q.uniform(0.25, 0.8) * wide * 2

        mask = np.maximum(skyline(H, W, line + 0.004), stencil(H, W, firs, 3))
        base_col = rgb("#07080a") * (0.7 + 0.4 * fbm(H, W, 12 * s, 31 + k, 4, 0.6)[..., None])
        air = glowm[..., None] ** 0.8 * rgb("#a8431c") * 0.30 * far
        img = mix(img, base_col + air + rgb("#3a2420") * far * 0.35, mask)
        if k == 0:
            front = np.exp(-(((y - line[None] - 0.012) / 0.010) ** 2)) * step(
                fbm(H, W, 34, 8, 5, 0.65) + 1.5 * np.exp(-(((x - 0.8) / 0.33) ** 2)), 0.75, 1.7
            )
            tongues = (
                step(fbm(H, W, 16, 9, 4, 0.7, 0.5) * 0.8 + front * 2.4 - 0.5, 0.2, 1.2)
                * step(-np.abs(y - line[None] + 0.004), -0.035, -0.005)
                * step(front, 0.02, 0.3)
            )
            img += (front * 1.6 + tongues * 3.5)[..., None] * rgb("#ff7a22")
            pts = []
            for _ in range(900):
                px = 0.8 + r.normal() * 0.26
                c = int(np.clip(px * H, 0, W - 1))
                pts.append(
                    (px, line[c] + 0.012 + abs(r.normal()) * 0.035, "#ff8a30", r.uniform(0.2, 2.0))
                )
            sparks(img, pts, 1.2)
            img += (front[..., None] * rgb("#ffd080")) * 1.5
        veil = np.exp(-(((y - base - 0.075) / 0.05) ** 2)) * np.clip(
            0.35 + 0.7 * fbm(H, W, 180, 60 + k, 6, 0.55, 3.5), 0, 1
        )
        if k < 3:
            img = mix(
                img,
                glowm[..., None] * rgb("#a8522e") * 0.28 + rgb("#2a2224") * 0.7,
                veil * (0.7 - 0.16 * k),
            )
    embers = [
        (
            0.78 + r.normal() * 0.24 + 0.1,
            0.42 - abs(r.normal()) * 0.17,
            "#ff8a3a",
            r.uniform(0.3, 2.2),
        )
        for _ in range(120)
    ]
    sparks(img, embers, 1.0)
    img = bloom(img, 0.4, (5, 30, 120))
    return develop(img, 1.5, "#0a0c1c", (1.03, 1, 0.94), 1.06, 0.95, 0.4, 0.02, 0.015, 13)


def observatory_stars() -> Array:
    """An observatory dome under the milky way."""
    x, y = coords()
    r = np.random.default_rng(77)
    img = ramp(y, [(0, "#070d1c"), (0.5, "#0e1a30"), (0.8, "#24344a"), (0.92, "#5d4c45")]) * 0.75
    img += (np.clip(fbm(H, W, 420, 2, 4, stretch=2) + 0.2, 0, 1) * step(y, 0.2, 0.8) * 0.035)[
        ..., None
    ] * rgb([0.35, 1.0, 0.55])
    a = np.deg2rad(-58)
    along = (x - 0.60) * np.cos(a) + (y - 0.45) * np.sin(a)
    across = -(x - 0.60) * np.sin(a) + (y - 0.45) * np.cos(a)
    wob = 0.05 * fbm(H, W, 500, 4, 4)
    band = np.exp(-(((across + wob) / (0.13 + 0.05 * np.exp(-(((along - 0.1) / 0.25) ** 2)))) ** 2))
    core = np.exp(-(((across + wob * 0.6) / 0.065) ** 2) - ((along + 0.25) / 0.42) ** 2)
    cloud = np.clip(0.75 + 0.55 * fbm(H, W, 170, 5, 7, 0.6), 0, 2)
    wx, wy = fbm(H, W, 200, 6, 5), fbm(H, W, 200, 7, 5)
    lanes = warp(fbm(H, W, 130, 8, 7, 0.58), wx * 35, wy * 35)
    dust = (
        step(lanes + 1.5 * np.exp(-(((across + wob * 1.3 + 0.012) / 0.035) ** 2)) - 0.55, 0.0, 1.0)
        * band
    )
    milk = (band * 0.10 + core * 0.22) * cloud
    img += (
        milk[..., None]
        * mix(rgb("#9db4e8"), rgb("#ffd2a0"), np.clip(core * 1.3, 0, 1))
        * (1 - 0.85 * dust[..., None])
    )
    for nx, ny, c in ((0.70, 0.18, "#ff4a6a"), (0.55, 0.50, "#ff5a70"), (0.765, 0.30, "#7a8cff")):
        img += (np.exp(-np.hypot(x - nx, y - ny) * 38) * cloud * 0.16)[..., None] * rgb(c)
    count = r.random((H, W)).astype(F)
    chance = (
        0.0022 + 0.02 * (band * 0.5 + core) * np.clip(cloud, 0.3, 1.5) * (1 - 0.8 * dust)
    ) * step(-y, -0.95, -0.6)
    faint = (count < chance) * (r.random((H, W)).astype(F) ** 5 * 1.6 + 0.05)
    tint = mix(rgb("#ffd9b8"), rgb("#c4d4ff"), r.random((H, W)).astype(F))
    img += blur(faint, 0.65)[..., None] * 2.6 * tint
    bright = [
        (
            r.uniform(0, 1.5),
            r.uniform(0, 0.8),
            ("#cfe0ff", "#ffffff", "#ffe0bd")[r.integers(3)],
            r.pareto(2.0) * 0.5 + 0.3,
        )
        for _ in range(240)
    ]
    sparks(img, bright, 1.05)
    sparks(img, [(p, q, c, s * 0.035) for p, q, c, s in bright], 5)
    img = bloom(img, 0.12, (5, 20))
    # Dome, hall and hill.
    k = 1.5
    h, w = int(H * k), int(W * k)
    m = Model()
    m.spun([0, 0, 0], [(5.1, -2), (5.1, 4.0), (5.35, 4.0), (5.35, 4.5)], "#aab0b8", 1, 60)
    m.spun(
        [0, 4.5, 0],
        [(5.2 * np.cos(t), 5.2 * np.sin(t)) for t in np.linspace(0, np.pi / 2, 24)],
        "#b4bac2",
        2,
        80,
    )
    m.box([5, -2, -2.5], [14, 2.6, 4], "#8f949c", 1)
    m.box([4.8, 2.6, -2.8], [14.3, 2.95, 4.3], "#7d828a", 1)
    cam = Camera([-6, 0.6, -34], [-10.5, 9.6, 0], 1.35, h, w)
    hit = see(m, cam)
    p, n = hit.place, hit.normal
    ang = np.arctan2(p[..., 0], -p[..., 2])
    slit = (
        (hit.kind == 2) & (np.abs(p[..., 0] + 0.9) < 0.85) & (p[..., 2] < 0.5) & (p[..., 1] > 5.1)
    )
    seams = (hit.kind == 2) & (np.abs((ang * 24 / 6.2832) % 1 - 0.5) > 0.478)
    rows = (hit.kind == 2) & (np.abs((p[..., 1] * 0.9) % 1 - 0.5) > 0.475)
    side = np.clip(n[..., 0] * -0.5 + 0.45 * n[..., 1] + 0.2, 0, 1)
    col = hit.colour * (side[..., None] * rgb([0.055, 0.075, 0.12]) + 0.010)
    warm = np.clip(n[..., 0] * 0.8 - n[..., 1] * 0.4 + 0.1, 0, 1)
    col += hit.colour * (warm * 0.030)[..., None] * rgb([1.0, 0.55, 0.3])
    col *= np.where(seams | rows, 0.72, 1.0)[..., None]
    inside = (
        rgb("#d8502a") * (0.02 + 0.13 * np.clip((9.0 - p[..., 1]) / 3.6, 0, 1) ** 1.5)[..., None]
    )
    edge = np.clip((0.85 - np.abs(p[..., 0] + 0.9)) / 0.1, 0, 1)
    col = np.where(slit[..., None], inside * (0.3 + 0.7 * edge[..., None]), col)
    win = (
        (hit.kind == 1)
        & (p[..., 0] > 5.5)
        & (np.abs(p[..., 1] - 1.2) < 0.55)
        & (np.abs((p[..., 0] * 0.55) % 1 - 0.5) < 0.22)
        & (n[..., 2] < -0.5)
    )
    col = np.where(
        (win & (np.floor(p[..., 0] * 0.55) % 3 != 1))[..., None], rgb("#ffb05a") * 0.55, col
    )
    seen = (hit.face >= 0).astype(F)
    mask, col = resize(seen, H, W), resize(col * seen[..., None], H, W)
    img = img * (1 - mask[..., None]) + col
    img += (np.exp(-np.hypot((x - 0.97), (y - 0.86)) * 9) * 0.045)[..., None] * rgb("#ff8a4a")
    hill = (
        0.905
        - 0.02 * fbm(2, W, 500, 31, 6, 0.5)[0]
        + 0.05 * np.abs(x[0] - 0.95)
        - 0.012 * np.abs(noise(2, W, 7, 9, 3)[0]) * step(np.abs(x[0] - 0.95), 0.3, 0.5)
    )
    relief = fbm(H, W, 50, 32, 6, 0.65)
    soil = (
        rgb("#0c0f14") * np.clip(0.5 + 0.45 * relief, 0.1, 2)[..., None]
        + (np.exp(-np.hypot((x - 1.2) * 1.4, (y - 0.93) * 3) * 5) * 0.05)[..., None]
        * rgb("#ff9a50")
        * np.clip(0.7 + relief * 0.5, 0, 2)[..., None]
    )
    img = mix(img, soil, skyline(H, W, hill))

    def person(d: ImageDraw.ImageDraw, u: float) -> None:
        px, b, s = 0.42, 0.925, 0.062
        d.ellipse(
            [(px - 0.085 * s) * u, (b - s) * u, (px + 0.085 * s) * u, (b - 0.82 * s) * u], fill=255
        )
        d.polygon(
            [
                ((px + a * s) * u, (b - c * s) * u)
                for a, c in (
                    (-0.15, 0.8),
                    (0.15, 0.8),
                    (0.17, 0.4),
                    (0.1, 0.0),
                    (0.02, 0.0),
                    (0, 0.36),
                    (-0.03, 0.0),
                    (-0.11, 0.0),
                    (-0.17, 0.4),
                )
            ],
            fill=255,
        )

    img = mix(img, rgb("#040508"), stencil(H, W, person, 3))
    return develop(img, 2.6, "#081030", (1.02, 1, 0.98), 1.06, 1.0, 0.35, 0.016, 0.01, 14)


SCENES = {
    "flood-fields": flood_fields,
    "drought-earth": drought_earth,
    "mountain-lake": mountain_lake,
    "border-snow": border_snow,
    "pylons-sunset": pylons_sunset,
    "smoke-ridge": smoke_ridge,
    "observatory-stars": observatory_stars,
}
