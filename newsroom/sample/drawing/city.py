# ruff: noqa: B023 - the painters handed to stencil() run at once, inside the loop.
"""Scenes of the city: parliament, tram, market, square, flats, station, office."""

from __future__ import annotations

import numpy as np
from PIL import ImageDraw

from .light import (
    Array,
    F,
    H,
    W,
    bloom,
    blur,
    bokeh,
    coords,
    defocus,
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
    sky_clouds,
    sparks,
    stencil,
    step,
    warp,
    water,
    wide_blur,
)
from .solid import Camera, Model, crevices, diffuse, see

LAMP = ("#ffb45e", "#ffcf8f", "#ff9440")


def parliament_night() -> Array:
    """A domed parliament lit from below, its lights in the river."""
    hz = 0.63
    x, y = coords()
    r = np.random.default_rng(40)
    img = ramp(y / hz, [(0, "#0a1024"), (0.5, "#1a2442"), (0.85, "#43405a"), (1, "#6b4f52")]) * 0.5
    alpha, lit = sky_clouds(H, W, hz, (0.75, hz), 55, 0.15, 0.28, stretch=2)
    img = mix(
        img,
        mix(
            rgb("#0c1122"),
            rgb("#5a4750") * 0.6,
            np.clip(lit * 0.7 + 0.3 * np.exp(-np.hypot(x - 0.75, y - 0.55) * 2.5), 0, 1),
        ),
        alpha * 0.8,
    )
    m = Model()
    stone = "#cfc3a8"
    m.box([-46, 0, 0], [46, 10, 16], stone, 1)
    m.box([-47, 10, -0.6], [47, 11, 17], stone, 2)
    for s in (-1, 1):
        m.box([s * 38 - 7, 0, -3], [s * 38 + 7, 12.5, 16], stone, 1)
        m.box([s * 38 - 7.6, 12.5, -3.6], [s * 38 + 7.6, 13.6, 17], stone, 2)
        m.spun(
            [s * 38, 13.6, 5],
            [
                (4.4, 0),
                (4.4, 2.4),
                (4.7, 2.4),
                (4.3, 4),
                (3.1, 6),
                (0.9, 7.4),
                (0.7, 9.5),
                (0.05, 11),
            ],
            "#6f9a86",
            3,
            24,
        )
    m.box([-15, 0, -7], [15, 13, 18], stone, 1)
    for k in range(8):
        m.spun(
            [-12.6 + 3.6 * k, 1.6, -9.6],
            [(0.95, 0), (0.78, 1), (0.68, 9.4), (1.0, 9.9)],
            stone,
            2,
            16,
        )
    m.box([-15.5, 0, -12], [15.5, 1.6, -7], stone, 2)
    m.box([-15.5, 11.5, -11], [15.5, 13.3, -6], stone, 2)
    m.quad([-15.8, 13.3, -11], [15.8, 5.4, 0], [15.8, 0, 0], stone, 2, None, True)
    m.quad([15.8, 13.3, -11], [0, 0, 0.01], [-15.8, 5.4, 0], stone, 2, None, True)
    m.quad([0, 18.7, -11], [15.8, -5.4, 0], [0, 0, 20], "#5b6e68", 2)
    m.quad([0, 18.7, -11], [0, 0, 20], [-15.8, -5.4, 0], "#5b6e68", 2)
    m.quad([-15.8, 13.3, -11], [31.6, 0, 0], [15.8, 5.4, 0], stone, 2, None, True)
    m.spun([0, 13, 6], [(9.6, 0), (9.6, 3), (9.9, 3), (9.9, 3.8)], stone, 2, 40)
    for k in range(24):
        a = k * 6.2832 / 24
        m.spun([8.9 * np.sin(a), 16.8, 6 + 8.9 * np.cos(a)], [(0.42, 0), (0.42, 5.2)], stone, 2, 8)
    m.spun([0, 16.8, 6], [(7.4, 0), (7.4, 5.4)], "#b5a888", 4, 32)
    m.spun(
        [0, 22, 6],
        [(9.7, 0), (9.7, 0.9), (8.8, 1.0)]
        + [(8.8 * np.cos(t), 1.2 + 9.4 * np.sin(t)) for t in np.linspace(0, 1.38, 16)]
        + [(1.7, 10.6), (1.7, 13.2), (2.0, 13.3), (1.2, 14.8), (0.2, 16), (0.05, 19)],
        "#6f9a86",
        3,
        48,
    )
    k = 1.5
    h, w = int(H * k), int(W * k)
    cam = Camera([-34, 4, -118], [0, 4, 0], 1.12, h, w, shift=-0.11)
    hit = see(m, cam)
    p, n = hit.place, hit.normal
    col = np.zeros_like(p)
    for lx in np.linspace(-45, 45, 13):
        col += diffuse(hit, [lx, 0.2, -13 if abs(lx) < 17 else -7])[..., None] * rgb("#ffb868") * 26
    for a in np.linspace(0, 6.28, 11)[:-1]:
        col += (
            diffuse(hit, [11.5 * np.sin(a), 17, 6 + 11.5 * np.cos(a)])[..., None]
            * rgb("#ffc27a")
            * 13
        )
    for s in (-38, 38):
        col += diffuse(hit, [s - 3, 14, -3])[..., None] * rgb("#ffc27a") * 8
    for a in (-2.4, -0.8, 0.8):
        col += (
            diffuse(hit, [14 * np.sin(a + np.pi), 24, 6 + 14 * np.cos(a + np.pi)])[..., None]
            * rgb("#d8ffe8")
            * 22
        )
    ao = crevices(hit, 2.0, 50 * k, 1.2)
    sky_light = (0.5 + 0.5 * n[..., 1:2]) * rgb([0.03, 0.045, 0.09])
    texture = 0.9 + 0.14 * plane_noise(
        p[..., 0] + p[..., 2], p[..., 1], np.full(p.shape[:2], 0.08, F), 3, 0.7, 4
    )
    col = hit.colour * (col * ao[..., None] + sky_light) * texture[..., None]
    ribs = (hit.kind == 3) & (
        np.abs((np.arctan2(p[..., 0], p[..., 2] - 6) * 24 / 6.2832) % 1 - 0.5) > 0.44
    )
    col *= np.where(ribs, 0.6, 1)[..., None]
    wall = (hit.kind == 1) & (n[..., 2] < -0.5)
    wx, wy = (p[..., 0] / 2.9) % 1 - 0.5, p[..., 1]
    pane = wall & (np.abs(wx) < 0.2) & ((np.abs(wy - 3.2) < 1.3) | (np.abs(wy - 7.6) < 1.25))
    frame = wall & (np.abs(wx) < 0.27) & ((np.abs(wy - 3.2) < 1.6) | (np.abs(wy - 7.6) < 1.55))
    cell = np.floor(p[..., 0] / 2.9) * 7 + (wy > 5.4) * 131
    lit_w = (np.sin(cell * 12.9898) * 43758.5) % 1
    bars = (np.abs(wx) < 0.015) | (np.abs(wy % 0.9) < 0.08)
    col = np.where(frame[..., None], col * 1.15, col)
    col = np.where(
        pane[..., None],
        rgb("#ffae52")
        * (np.where(lit_w > 0.5, 0.35 + 0.6 * lit_w, 0.03) * np.where(bars, 0.4, 1))[..., None],
        col,
    )
    col += (
        np.where(hit.kind == 4, 0.5, 0)
        * np.where(
            np.abs((np.arctan2(p[..., 0], p[..., 2] - 6) * 24 / 6.2832) % 1 - 0.5) < 0.3, 1, 0.2
        )
    )[..., None] * rgb("#ff9a4a")
    seen = (hit.face >= 0).astype(F)
    mask, col = resize(seen, H, W), resize(col * seen[..., None], H, W)
    back = np.zeros((H, W), F)

    def town(d: ImageDraw.ImageDraw, u: float) -> None:
        px = -0.02
        while px < 1.55:
            wide, tall = r.uniform(0.02, 0.06), r.uniform(0.03, 0.085)
            d.rectangle([px * u, (hz - tall) * u, (px + wide) * u, hz * u], fill=255)
            d.polygon(
                [
                    (px * u, (hz - tall) * u),
                    ((px + wide / 2) * u, (hz - tall - 0.014) * u),
                    ((px + wide) * u, (hz - tall) * u),
                ],
                fill=255,
            )
            px += wide

    back = stencil(H, W, town)
    img = mix(img, rgb("#2a2836") * 0.42, back)
    sparks(
        img,
        [
            (
                r.uniform(0, 1.5),
                hz - r.uniform(0.01, 0.06),
                LAMP[r.integers(3)],
                r.uniform(0.1, 0.7),
            )
            for _ in range(150)
        ],
        1.3,
    )
    img = mix(img, rgb("#6b4c44") * 0.35, np.exp(-(((y - hz) / 0.05) ** 2)) * 0.5)
    img = img * (1 - mask[..., None]) + col * 0.62

    def quay(d: ImageDraw.ImageDraw, u: float) -> None:
        d.rectangle([0, (hz - 0.018) * u, 1.5 * u, (hz + 0.01) * u], fill=255)
        q = np.random.default_rng(3)
        for cx in q.uniform(0, 1.5, 46):
            s = q.uniform(0.012, 0.034)
            if 0.5 < cx < 0.95 and s > 0.02:
                continue
            for _ in range(26):
                a, b, e = (
                    cx + q.normal() * s * 0.5,
                    hz - 0.018 - s * 0.7 + q.normal() * s * 0.35,
                    s * q.uniform(0.1, 0.25),
                )
                d.ellipse([(a - e) * u, (b - e) * u, (a + e) * u, (b + e) * u], fill=255)

    img = mix(img, rgb("#0c0d10"), stencil(H, W, quay))
    lamps = [(0.02 + kk * 0.056, hz - 0.031, LAMP[kk % 2], 5.0) for kk in range(27)]
    sparks(img, lamps, 2.0)
    sparks(img, [(a, b, c, 0.22) for a, b, c, _ in lamps], 9)
    img = water(img, hz, 91, 0.05, 3.0, 0.55, deep="#04070d", clear=0.85, stretch=2.2)
    img = bloom(img, 0.4, (5, 24, 90))
    return develop(img, 1.9, "#081430", (1.03, 1, 0.95), 1.05, 0.95, 0.45, 0.016, 0.012, 20)


def street_glow(h: int, w: int, horizon: float, r: np.random.Generator) -> Array:
    """A dark street with facades closing in and a haze of light at its end."""
    x, y = coords(h, w)
    cx = w / h / 2 - 0.08
    img = ramp(y, [(0, "#0d1424"), (0.35, "#1c2436"), (horizon, "#51453f")]) * 0.5
    img += (np.exp(-np.hypot((x - cx) * 1.3, y - horizon) * 4) * 0.5)[..., None] * rgb("#ffb070")
    for side in (-1, 1):
        for k in range(7):
            near = 1 / (7.2 - k)
            edge = cx + side * (0.06 + near * 0.75)
            top = horizon - 0.12 - near * 0.95 - r.uniform(0, 0.06)
            mask = (((x - edge) * side > 0) & (y > top)).astype(F)
            tone = (
                mix(rgb("#3b3434") * 0.8, rgb("#10131a"), k / 6)
                * (0.5 + 0.9 * np.exp(-(((y - horizon) / 0.25) ** 2)))[..., None]
            )
            u, v = (x - edge) * side / near, (y - top) / near
            lit = (
                np.sin(np.floor(u * 14) * 12.9 + np.floor(v * 6) * 78.2 + k * 7 + side) * 43758.5
            ) % 1
            pane = (
                (np.abs((u * 14) % 1 - 0.5) < 0.22)
                & (np.abs((v * 6) % 1 - 0.5) < 0.3)
                & (lit > 0.62)
            )
            tone = tone + (pane * (lit - 0.5))[..., None] * rgb("#ffae5a") * 0.7
            img = mix(img, tone, mask)
    return img


def tram_rain() -> Array:
    """A tram coming up a wet street in the rain."""
    hz = 0.5
    r = np.random.default_rng(14)
    x, y = coords()
    back = street_glow(H, W, hz, r)
    back = wide_blur(back, 15)
    back = mix(back, wide_blur(back, 60) * 0.9, 0.35 + 0.6 * np.exp(-(((y - hz) / 0.06) ** 2)))
    back *= (0.72 + 0.28 * step(np.abs(x - 0.67), 0.5, 0.1) * 1.2)[..., None]
    lights = []
    for _ in range(70):
        side = r.choice([-1, 1])
        d = r.uniform(0.04, 0.7)
        lights.append(
            (
                0.67 + side * d,
                hz - r.uniform(-0.01, 0.1 + d * 0.35),
                ("#ffb45e", "#ffd9a0", "#ff5a3c", "#7fd0ff", "#ffa040", "#6fe0a0")[
                    r.choice(6, p=[0.4, 0.25, 0.15, 0.08, 0.07, 0.05])
                ],
                r.uniform(0.1, 0.6),
                6 + d * 42 * r.uniform(0.5, 1.1),
            )
        )
    bokeh(back, lights, 7)
    bokeh(
        back,
        [
            (0.62 + a, hz + 0.012, c, p, 9)
            for a, c, p in (
                (-0.05, "#fff0d0", 1.2),
                (-0.02, "#fff0d0", 1.2),
                (-0.10, "#ff3020", 0.9),
                (-0.13, "#ff3020", 0.9),
            )
        ],
    )
    m = Model()
    red, cream, dark = "#8f1f1a", "#cfc2a0", "#14161a"
    x0, x1, z0, z1 = 0.3, 2.75, 9.0, 31.0
    m.quad([x0, 0.35, z0], [0, 1.05, 0], [x1 - x0, 0, 0], red, 1)
    m.quad([x0, 1.4, z0], [0, 1.35, 0.38], [x1 - x0, 0, 0], "#0d1014", 3)
    m.quad([x0, 2.75, z0 + 0.38], [0, 0.5, 0.06], [x1 - x0, 0, 0], cream, 1)
    m.box([x0, 0.35, z0 + 0.001], [x1, 1.4, z1], red, 1)
    m.box([x0 + 0.001, 1.4, z0 + 0.38], [x1 - 0.001, 2.75, z1], cream, 2)
    m.box([x0, 2.75, z0 + 0.4], [x1, 3.25, z1], cream, 1)
    m.box([x0 + 0.25, 3.25, z0 + 1.2], [x1 - 0.25, 3.55, z1 - 1], "#6d6a62", 1)
    m.box([x0 + 0.1, 0.12, z0 + 0.2], [x1 - 0.1, 0.35, z1], dark, 1)
    m.box([x0 + 0.55, 2.83, z0 + 0.36], [x1 - 0.55, 3.17, z0 + 0.42], dark, 5)
    m.box([1.45, 3.55, z0 + 6], [1.55, 4.9, z0 + 6.1], dark, 1)
    m.box([0.9, 4.9, z0 + 5.9], [2.1, 4.97, z0 + 6.1], dark, 1)
    m.box([-0.12 + x0, 1.9, z0 + 0.25], [x0 - 0.02, 2.4, z0 + 0.35], dark, 1)
    k = 1.5
    h, w = int(H * k), int(W * k)

    def draw(model: Model) -> tuple[Array, Array]:
        cam = Camera([-0.75, 1.6, 0], [-0.75, 1.6, 10], 1.35, h, w)
        hit = see(model, cam)
        p, n = hit.place.copy(), hit.normal.copy()
        flip = -1 if model is not m else 1
        p[..., 1] *= flip
        n[..., 1] *= flip
        light = 0.05 + np.clip(-n[..., 0], 0, 1) * 0.16 + np.clip(n[..., 1], 0, 1) * 0.3
        col = hit.colour * light[..., None] * rgb([1.0, 0.85, 0.72])
        side_glow = np.exp(-(((p[..., 2] % 9 - 4.5) / 2.2) ** 2)) * np.clip(-n[..., 0], 0, 1)
        col += hit.colour * (side_glow * 0.5)[..., None] * rgb("#ffb45e")
        wet = np.clip(
            plane_noise(
                p[..., 0] + p[..., 2], p[..., 1] * 0.3, np.full(p.shape[:2], 0.02, F), 5, 3, 4
            )
            * 0.12
            + 1,
            0.6,
            1.5,
        )
        col *= wet[..., None]
        front = np.abs(n[..., 2]) > 0.7
        col = np.where(
            (front & (hit.kind == 1))[..., None],
            col
            + hit.colour
            * rgb([0.10, 0.085, 0.075])
            * (1 + 1.5 * np.exp(-(((p[..., 1] - 0.6) / 0.5) ** 2)))[..., None],
            col,
        )
        band = front & (np.abs(p[..., 1] - 1.3) < 0.04)
        col = np.where(band[..., None], rgb(cream) * 0.2, col)
        glass = hit.kind == 3
        fx = (p[..., 0] - x0) / (x1 - x0)
        inside = 0.12 + 0.5 * np.exp(-(((fx - 0.55) / 0.35) ** 2)) * step(p[..., 1], 1.5, 2.5)
        driver = step(-np.hypot((fx - 0.36) * 1.9, (p[..., 1] - 2.05) / 0.85), -0.2, -0.17) + step(
            -np.hypot((fx - 0.36) * 1.3, (p[..., 1] - 1.45) / 0.6), -0.35, -0.3
        )
        pillar = (
            (np.abs(fx - 0.5) < 0.012)
            | (fx < 0.035)
            | (fx > 0.965)
            | (p[..., 1] < 1.45)
            | (p[..., 1] > 2.7)
        )
        g = (
            rgb("#ffc98a")
            * inside[..., None]
            * (1 - 0.85 * np.clip(driver, 0, 1))[..., None]
            * 0.75
        )
        col = np.where(glass[..., None], np.where(pillar[..., None], rgb(red) * 0.1, g), col)
        win = (hit.kind == 2) & (np.abs(n[..., 0]) > 0.5)
        wz = (p[..., 2] - z0 - 0.5) / 1.9
        heads = np.abs((wz * 2.0) % 1 - 0.5) * 2
        who = (np.sin(np.floor(wz * 2) * 91.7) * 4375.5) % 1
        head = (np.hypot(heads * 0.9, (p[..., 1] - 1.85) / 0.22) < 0.75) & (who > 0.4)
        body = (p[..., 1] < 1.72) & (heads < 0.75) & (who > 0.4)
        pane = win & (np.abs(wz % 1 - 0.5) < 0.45) & (p[..., 1] > 1.5) & (p[..., 1] < 2.62)
        steam = 0.8 + 0.25 * plane_noise(
            p[..., 2], p[..., 1], np.full(p.shape[:2], 0.02, F), 9, 1, 3
        )
        wl = (
            rgb("#ffd39a")
            * (
                np.where(head | body, 0.22, 0.95)
                * (0.55 + 0.45 * step(p[..., 1], 1.6, 2.6))
                * steam
            )[..., None]
        )
        col = np.where(pane[..., None], wl, col)
        sign = hit.kind == 5
        dots = ((p[..., 0] * 26) % 1 < 0.7) & ((p[..., 1] * 26) % 1 < 0.7)
        letters = (
            np.sin(np.floor(p[..., 0] * 9) * 33.7 + np.floor(p[..., 1] * 13) * 11.3) * 437.5
        ) % 1 > 0.45
        col = np.where(
            (sign & dots & letters & (np.abs(p[..., 1] - 3.0) < 0.12))[..., None],
            rgb("#ffa020") * 1.8,
            col,
        )
        seen = (hit.face >= 0).astype(F)
        return resize(col * seen[..., None], H, W), resize(seen, H, W)

    cam = Camera([-0.75, 1.6, 0], [-0.75, 1.6, 10], 1.35, H, W)

    def lamps(target: Array, flip: int) -> None:
        marks = []
        for lx in (0.62, 2.43):
            px, py, _ = cam.project(np.array([[lx, 0.75 * flip, 9.0]]))
            marks.append((float(px[0]) / H, float(py[0]) / H))
        px, py, _ = cam.project(np.array([[1.52, 3.38 * flip, 9.4]]))
        sparks(
            target,
            [(a, b, "#fff0d4", 10) for a, b in marks]
            + [(float(px[0]) / H, float(py[0]) / H, "#fff0d4", 4)],
            6,
        )
        sparks(target, [(a, b, "#ffe2b4", 0.9) for a, b in marks], 40)

    col, mask = draw(m)
    top_img = back * (1 - mask[..., None]) + col
    lamps(top_img, 1)
    rcol, rmask = draw(m.mirrored())
    flipped = back[np.clip((2 * hz * H - np.arange(H)), 0, H - 1).astype(int)]
    mir = flipped * (1 - rmask[..., None]) + rcol
    lamps(mir, -1)
    # The road: wet asphalt, cobbles and puddles between the rails.
    gx, gz, foot = ground(H, W, hz, 1.6, 1.35)
    top = H - gz.shape[0]
    gx = gx - 0.75
    puddle = step(plane_noise(gx, gz, foot, 3, 0.33, 4, 0.5), 0.1, 0.9)
    stone = plane_noise(gx, gz, foot, 6, 3.2, 4, 0.75)
    cob_x, cob_z = gx / 0.16, gz / 0.24
    cob = np.cos((cob_x + 0.5 * (np.floor(cob_z) % 2)) * 6.2832) + np.cos(cob_z * 6.2832)
    cob *= 1 - step(foot / 0.16, 0.15, 0.5)
    rough = 0.010 + 0.05 * (1 - puddle)
    yy, xx = np.mgrid[top:H, 0:W].astype(F)
    total = np.zeros((H - top, W, 3), F)
    rr = np.random.default_rng(2)
    taps = 14
    drop = yy / H - hz
    for q in range(taps):
        off = ((q + 0.5) / taps * 4 - 2 + rr.normal(size=yy.shape) * 0.15).astype(F)
        ty = rough * off * H * (0.6 + drop * 3) * 1.3 + (stone * 7 + cob * 5) * (1 - puddle) * (
            0.3 + 3 * drop
        )
        tx = rough * H * rr.normal(size=yy.shape).astype(F) * 0.14 + stone * 5 * (1 - puddle) * (
            0.3 + 2 * drop
        )
        total += look_up(mir, xx + tx, np.clip(yy + ty, hz * H, H - 1))
    refl = total / taps
    asphalt = rgb("#1c1f26") * (0.10 + 0.03 * stone[..., None] + 0.03 * cob[..., None])
    road = asphalt + refl * (0.42 + 0.38 * puddle - 0.25 * drop)[..., None] * (
        1 + 0.12 * cob[..., None] * (1 - puddle[..., None])
    )
    for rail in (0.72, 2.33, -2.9, -4.5):
        on = np.clip(1 - np.abs(gx - rail) / np.maximum(0.05, foot * 0.05), 0, 1)
        road = mix(road, refl * 1.1 + 0.01, on * 0.85)
        gap = np.clip(1 - np.abs(gx - rail - 0.08) / 0.03, 0, 1)
        road *= (1 - 0.8 * gap)[..., None]
    img = top_img.copy()
    dusk = np.exp(-np.clip(y[top:] - hz, 0, 1) / 0.035)
    road = mix(road, top_img[top : top + 1] * 0.7, dusk * 0.8)
    img[top:] = np.where(mask[top:, :, None] > 0, mix(road, top_img[top:], mask[top:]), road)

    def wires(d: ImageDraw.ImageDraw, u: float) -> None:
        for a in (0.75, -2.9):
            pts = [
                ((0.75 + (a + 1.5 - 0.0) * 1.35 / z) * u, (hz - 3.5 * 1.35 / z) * u)
                for z in (4.0, 8, 14, 30, 80)
            ]
            d.line(pts, fill=255, width=3)
        for z in (7.0, 15, 30):
            d.line(
                [
                    (0, (hz - 4.2 * 1.35 / z - 0.06) * u),
                    (0.85 * u, (hz - 3.55 * 1.35 / z) * u),
                    (1.5 * u, (hz - 4.1 * 1.35 / z - 0.05) * u),
                ],
                fill=200,
                width=2,
            )

    img *= 1 - 0.7 * stencil(H, W, wires, 3)[..., None] * (1 - mask[..., None])

    # A person with an umbrella waits at the kerb.
    def waiting(d: ImageDraw.ImageDraw, u: float) -> None:
        px, b, s = 0.2, 0.86, 0.34
        d.polygon(
            [
                ((px + a * s) * u, (b - c * s) * u)
                for a, c in (
                    (-0.11, 0.82),
                    (0.1, 0.82),
                    (0.15, 0.4),
                    (0.11, 0.3),
                    (0.07, 0.02),
                    (0.1, 0.0),
                    (0.01, 0.0),
                    (0, 0.34),
                    (-0.03, 0.0),
                    (-0.11, 0.0),
                    (-0.08, 0.3),
                    (-0.15, 0.38),
                )
            ],
            fill=255,
        )
        d.ellipse(
            [(px - 0.06 * s) * u, (b - 0.97 * s) * u, (px + 0.055 * s) * u, (b - 0.82 * s) * u],
            fill=255,
        )
        d.line(
            [((px + 0.12 * s) * u, (b - 0.6 * s) * u), ((px + 0.07 * s) * u, (b - 1.2 * s) * u)],
            fill=255,
            width=int(0.004 * u),
        )
        d.pieslice(
            [(px - 0.29 * s) * u, (b - 1.25 * s) * u, (px + 0.41 * s) * u, (b - 0.79 * s) * u],
            180,
            360,
            fill=255,
        )

    person = stencil(H, W, waiting, 2)
    rim = blur(np.clip(person - np.roll(person, -3, 1), 0, 1), 1.2)
    rows = np.clip((1.72 * H - np.arange(H)), 0, H - 1).astype(int)
    ref = blur(warp(person[rows] * (y > 0.86), noise(H, W, 40, 6, 4) * 7, 0), (6, 2))
    img *= 1 - 0.8 * ref[..., None]
    img = mix(img, rgb("#06070a"), blur(person, 1.0))
    img += (rim * 0.3 * (0.5 + 0.5 * noise(H, W, 60, 60, 8)))[..., None] * rgb("#ffbe80")
    glowm = wide_blur(img, 60)
    img = img + glowm * 0.3 * rain(H, W, 7, 0.12, 34, 0.0035)[..., None] * 2.2
    img = bloom(img, 0.5, (5, 22, 80))
    return develop(img, 2.1, "#06142c", (1.03, 1, 0.95), 1.06, 0.95, 0.45, 0.018, 0.01, 21)


def market_awnings() -> Array:
    """Market stalls under striped awnings, strings of bulbs overhead."""
    r = np.random.default_rng(51)
    m = Model()
    stripes = [
        ("#a8322a", "#e6dcc4"),
        ("#2f5d57", "#e8dfc8"),
        ("#b5772a", "#efe6cf"),
        ("#2d4a72", "#e6dcc4"),
        ("#7d2f3f", "#eadfca"),
    ]
    lamps = []
    for side in (-1, 1):
        for k in range(9):
            z = 3.0 + k * 3.5 + (0.9 if side > 0 else 0)
            xi, xo = side * 1.75, side * 4.1
            z1 = z + 3.1
            m.quad(
                [xi, 2.35, z],
                [0, 0, 3.1],
                [xo - xi, 0.75, 0],
                "#ffffff",
                10 + (k * 2 + (side > 0)) % 5,
            )
            m.quad(
                [xi, 2.35, z], [0, 0, 3.1], [0, -0.28, 0], "#ffffff", 10 + (k * 2 + (side > 0)) % 5
            )
            m.box(
                [min(xi * 1.12, xo * 0.93), 0, z],
                [max(xi * 1.12, xo * 0.93), 0.86, z1],
                "#5b4330",
                1,
            )
            m.quad([xi * 1.1, 0.78, z], [0, 0, 3.1], [(xo - xi) * 0.75, 0.42, 0], "#5b4330", 2)
            for zz in (z + 0.03, z1):
                m.box(
                    [xi * 1.02 - 0.03, 0, zz - 0.03],
                    [xi * 1.02 + 0.03, 2.4, zz + 0.03],
                    "#2f2620",
                    1,
                )
            m.quad([xo, 0, z], [0, 3.1, 0], [0, 0, 3.1], "#4a3a30", 1)
            m.quad([xi, 0.9, z1], [0, 1.9, 0], [xo - xi, 0, 0], "#3b3029", 1)
            lamps.append((side * 2.6, 2.2, z + 1.55))
            palette = [
                "#b5422c",
                "#c9872c",
                "#7f8f3a",
                "#a83a3a",
                "#d6b25a",
                "#5c6b2f",
                "#cc6b2a",
                "#6b2f45",
            ]
            for row in range(4):
                for b in range(3):
                    c = palette[r.integers(len(palette))]
                    for _ in range(9):
                        f = (row + r.random()) / 4
                        px = xi * 1.1 + (xo - xi) * 0.75 * f
                        pz, rad = z + 0.1 + b + r.random() * 0.85, r.uniform(0.055, 0.10)
                        if z < 14:
                            m.spun(
                                [px, 0.80 + 0.42 * f, pz],
                                [
                                    (0.01, 0.16 * rad / 0.1),
                                    (rad * 0.75, 0.12 * rad / 0.1),
                                    (rad, 0.04),
                                    (rad * 0.85, 0),
                                ],
                                rgb(c) * r.uniform(0.7, 1.2),
                                3,
                                8,
                            )
    for side in (-1, 1):
        for k in range(6):
            m.box(
                [side * 5.0 - (6 if side < 0 else 0), 0, k * 8],
                [side * 5.0 + (6 if side > 0 else 0), r.uniform(7, 11), k * 8 + 7.9],
                "#6b5548",
                4,
            )
    cam_at, look = [0.3, 3.35, -2.6], [0.3, 3.35, 10]
    k = 1.25
    h, w = int(H * k), int(W * k)
    cam = Camera(cam_at, look, 1.15, h, w, shift=0.16)
    hit = see(m, cam)
    p, n = hit.place, hit.normal
    foot = np.maximum(hit.depth, 1) / 1500
    light = np.zeros_like(p)
    for a in lamps:
        light += (diffuse(hit, a) * 0.95)[..., None] * rgb("#ffb060")
    bulbs = []
    for kk in range(7):
        za, zb = 1.5 + kk * 4.5, 5.0 + kk * 4.5
        for t in np.linspace(0, 1, 15):
            bulbs.append(
                (
                    -4.2 + 8.4 * t,
                    4.6 - 1.1 * 4 * t * (1 - t),
                    za + (zb - za) * t * (1 if kk % 2 else -1) + (0 if kk % 2 else 3.5),
                )
            )
    for b in bulbs[::5]:
        light += (diffuse(hit, b) * 0.5)[..., None] * rgb("#ffc078")
    kind = hit.kind
    col = hit.colour.copy()
    awn = kind >= 10
    for s, (a, b) in enumerate(stripes):
        pick = kind == 10 + s
        bars = (p[..., 2] / 0.31) % 1 < 0.5
        col = np.where(pick[..., None], np.where(bars[..., None], rgb(a), rgb(b)), col)
    through = np.zeros_like(light)
    for a in lamps:
        d = np.asarray(a, F) - p
        through += (1 / ((d**2).sum(-1) + 0.5) * 0.33)[..., None] * rgb("#ffac5c")
    light = np.where(awn[..., None], light * 0.9 + through * 1.6 + 0.02, light)
    ao = crevices(hit, 0.6, 46 * k, 1.3)
    wall = kind == 4
    lit = (
        np.sin(
            np.floor(p[..., 2] / 1.6) * 12.9 + np.floor(p[..., 1] / 2.2) * 71.3 + np.sign(p[..., 0])
        )
        * 43758.5
    ) % 1
    pane = (
        wall
        & (np.abs((p[..., 2] / 1.6) % 1 - 0.5) < 0.23)
        & (np.abs((p[..., 1] / 2.2) % 1 - 0.55) < 0.3)
        & (p[..., 1] > 3)
    )
    dirt = 1 + 0.15 * plane_noise(p[..., 0] + p[..., 2], p[..., 1], foot, 4, 1.2, 4)
    img = (
        col
        * (
            light * ao[..., None]
            + rgb([0.022, 0.034, 0.075]) * (0.6 + 0.4 * n[..., 1:2]) * ao[..., None]
        )
        * dirt[..., None]
    )
    img = np.where(
        pane[..., None],
        np.where(
            (lit > 0.6)[..., None], rgb("#ffb060") * 0.35 * lit[..., None], rgb("#10182a") * 0.5
        ),
        img,
    )
    img = np.where(
        (hit.depth > 1e8)[..., None],
        ramp(
            np.broadcast_to(np.arange(h, dtype=F)[:, None] / h, (h, w)),
            [(0, "#131d3d"), (0.3, "#34406b"), (0.47, "#8a6270")],
        )
        * 0.5,
        img,
    )
    # Wet paving underfoot mirrors the scene.
    gx, gz, gfoot = ground(h, w, 0.34, 3.35, 1.15)
    top = h - gz.shape[0]
    floor = hit.depth[top:] > gz
    seen_z = gz
    gx, gz = gx + 0.3, gz - 2.6
    fl = plane_noise(gx, gz, gfoot, 15, 1.6, 5, 0.65)
    slabs = np.minimum(np.abs((gx / 0.6 + 0.5 * (np.floor(gz / 0.9) % 2)) % 1 - 0.5), 1) > 0.475
    slabs |= np.abs((gz / 0.9) % 1 - 0.5) > 0.48
    flight = np.zeros((*gx.shape, 3), F)
    for a in lamps + bulbs[::5]:
        d2 = (gx - a[0]) ** 2 + a[1] ** 2 + (gz - a[2]) ** 2
        flight += (a[1] / (d2**1.5 + 0.1) * 0.55)[..., None] * rgb("#ffb466")
    paving = (
        mix(rgb("#4a4440"), rgb("#8a7c6c"), np.clip(0.4 + 0.2 * fl, 0, 1))
        * (flight + rgb([0.02, 0.03, 0.06]))
        * np.where(slabs & (gfoot < 0.05), 0.45, 1)[..., None]
    )
    hzp = top - 1
    yy, xx = np.mgrid[top:h, 0:w].astype(F)
    refl = np.zeros_like(paving)
    q = np.random.default_rng(1)
    for _ in range(8):
        up = hzp - (yy - hzp) * 0.9 + q.normal(size=yy.shape).astype(F) * (yy - hzp) * 0.10 + fl * 9
        refl += look_up(
            img, xx + q.normal(size=yy.shape).astype(F) * 6 + fl * 5, np.clip(up, 0, h - 1)
        )
    wet = step(plane_noise(gx, gz, gfoot, 25, 0.4, 3), -0.7, 1.0)
    paving = paving * 0.75 + refl / 8 * (0.10 + 0.4 * wet)[..., None]
    img[top:] = np.where(floor[..., None], paving, img[top:])
    depth = hit.depth.copy()
    depth[top:] = np.minimum(depth[top:], seen_z)
    air = 1 - np.exp(-np.clip(depth, 0, 60) / 38)
    img = mix(img, rgb("#b8744c") * 0.2, air * 0.75)
    img = resize(img, H, W)
    depth = resize(np.minimum(depth, 200), H, W)
    big = Camera(cam_at, look, 1.15, H, W, shift=0.16)
    bx, by, bz = big.project(np.array(bulbs))
    # People: dark figures between the stalls, lit at their edges.
    figures = [
        (-0.35, 13.0, 1.7),
        (0.75, 10.2, 1.74),
        (0.2, 17, 1.66),
        (-0.9, 20, 1.7),
        (1.15, 8.0, 1.65),
        (-0.7, 7.0, 1.72),
        (0.6, 24, 1.7),
        (-0.1, 27, 1.7),
    ]
    for fx, fz, tall in sorted(figures, key=lambda t: -t[1]):
        qx, qy, _qz = big.project(np.array([[fx, 0.0, fz], [fx, tall, fz]]))
        b, s, cx = float(qy[0]) / H, float(qy[0] - qy[1]) / H, float(qx[0]) / H
        lean = r.normal() * 0.02
        coat = r.uniform(0.9, 1.15)

        def fig(d: ImageDraw.ImageDraw, u: float) -> None:
            d.polygon(
                [
                    ((cx + (a * coat + lean * c) * s) * u, (b - c * s) * u)
                    for a, c in (
                        (-0.05, 0.86),
                        (-0.125, 0.8),
                        (-0.15, 0.5),
                        (-0.12, 0.3),
                        (-0.09, 0.02),
                        (-0.12, 0),
                        (-0.02, 0),
                        (0, 0.3),
                        (0.04, 0.0),
                        (0.11, 0.0),
                        (0.08, 0.05),
                        (0.12, 0.32),
                        (0.15, 0.5),
                        (0.125, 0.8),
                        (0.05, 0.86),
                    )
                ],
                fill=255,
            )
            d.ellipse(
                [
                    (cx - 0.055 * s + lean * s) * u,
                    (b - s) * u,
                    (cx + 0.05 * s + lean * s) * u,
                    (b - 0.85 * s) * u,
                ],
                fill=255,
            )
            if coat > 1.02:
                d.rectangle(
                    [
                        (cx + 0.13 * s) * u,
                        (b - 0.45 * s) * u,
                        (cx + 0.24 * s) * u,
                        (b - 0.26 * s) * u,
                    ],
                    fill=255,
                )

        f = blur(stencil(H, W, fig, 2), 0.8 + 9 / fz * (abs(fz - 10) > 2))
        rim = blur(
            np.clip(f - np.roll(f, 3, 0), 0, 1) * 0.6
            + np.clip(f - np.roll(f, 4 if fx < 0 else -4, 1), 0, 1),
            1.5,
        )
        shade = blur(np.roll(f, int(0.02 * s * H), 0), (3, 8)) * (np.abs(coords()[1] - b) < 0.05)
        img *= 1 - 0.4 * shade[..., None]
        img = mix(img, rgb("#171318") * 0.8 + rgb("#b8744c") * 0.2 * (1 - np.exp(-fz / 38)), f)
        img += rim[..., None] * rgb("#ffb060") * 0.045
    img = defocus(img, depth, 8.5, 14)
    order = [
        (
            float(a) / H,
            float(b) / H,
            "#ffd08a",
            3.0,
            float(np.clip(abs(1 / c - 1 / 9) * 70, 2.0, 15)),
        )
        for a, b, c in zip(bx, by, bz, strict=False)
        if c > 1.4
    ]
    bokeh(img, [(a, b, c, p_ * min(1, 12 / rr**1.6), rr) for a, b, c, p_, rr in order], 8)
    lx, ly, lz = big.project(np.array(lamps))
    vis = [
        (float(a) / H, float(b) / H, "#ffd9a0", 2.5, float(np.clip(abs(1 / c - 1 / 9) * 80, 3, 20)))
        for a, b, c in zip(lx, ly, lz, strict=False)
        if c > 2
    ]
    bokeh(img, [(a, b, c, p_ * min(1, 12 / rr**1.5), rr) for a, b, c, p_, rr in vis])
    img = bloom(img, 0.35, (6, 24, 90))
    return develop(img, 2.0, "#081230", (1.03, 1, 0.95), 1.06, 0.92, 0.45, 0.016, 0.012, 22)


def umbrellas_crowd() -> Array:
    """Umbrellas on a wet square, seen from above."""
    x, y = coords()
    r = np.random.default_rng(63)
    sx, sy = coords()
    a = np.deg2rad(24)
    u, v = (sx * np.cos(a) + sy * np.sin(a)) / 0.052, (-sx * np.sin(a) + sy * np.cos(a)) / 0.052
    wob = 0.03 * fbm(H, W, 60, 2, 4)
    edge = np.minimum(np.abs((u + 0.5 * (np.floor(v) % 2) + wob) % 1 - 0.5), 9)
    joint = np.maximum(step(edge, 0.455, 0.485), step(np.abs((v + wob) % 1 - 0.5), 0.46, 0.485))
    slab = (np.sin(np.floor(u + 0.5 * (np.floor(v) % 2)) * 12.9 + np.floor(v) * 78.2) * 43758.5) % 1
    wet = step(fbm(H, W, 240, 5, 6, 0.55), -0.3, 0.55)
    grain = fbm(H, W, 12, 7, 3, 0.7)
    floor = mix(rgb("#3c4046"), rgb("#565b60"), slab.astype(F)) * (0.75 + 0.10 * grain)[..., None]
    floor *= (1 - 0.55 * joint * (1 - 0.6 * wet))[..., None]
    sky = mix(
        rgb("#3d4a56"),
        rgb("#aab8c2"),
        step(fbm(H, W, 420, 9, 4) + (x - y) * 0.55 - 0.15, -0.8, 0.9),
    )
    img = mix(floor * 0.55, sky * 0.62, wet * (0.5 + 0.06 * grain))
    pts: list[tuple[float, float, float]] = []
    for _ in range(6000):
        px, py = r.uniform(-0.05, 1.55), r.uniform(-0.05, 1.05)
        flow = np.sin(px * 2.2 + 0.6) * 0.16 + 0.5
        crowd = np.exp(-(((py - flow) / 0.33) ** 2))
        if r.random() > crowd * 0.95 + 0.04:
            continue
        rad = r.uniform(0.036, 0.05)
        if all((px - qx) ** 2 + (py - qy) ** 2 > ((rad + qr) * 0.86) ** 2 for qx, qy, qr in pts):
            pts.append((px, py, rad))
    order = r.permutation(len(pts))
    darks = ["#15171b", "#1b1e24", "#22262d", "#1a2230", "#262024", "#2d2f33", "#1c2a2c"]
    brights = ["#c8281f", "#d9a31e", "#c8281f", "#e3ded0", "#2f7f8c", "#d86a28"]
    chosen = [i for i in order if 0.15 < pts[i][0] < 1.4 and 0.1 < pts[i][1] < 0.9][:7]
    spots = {i: brights[n % 6] for n, i in enumerate(chosen)}
    # Long soft shadows and reflections first, then legs, then the canopies.
    shade = np.zeros((H, W), F)
    for px, py, rad in pts:
        d = np.hypot((x - px - 0.012), (y - py - 0.02)) / rad
        shade = np.maximum(shade, step(-d, -1.12, -0.6))
    img *= (1 - 0.72 * blur(shade, 9))[..., None]
    tint = np.zeros_like(img)
    for i, c in spots.items():
        px, py, rad = pts[i]
        tint += np.exp(-((np.hypot(x - px - 0.012, (y - py - 0.055) * 0.8) / (rad * 1.05)) ** 2))[
            ..., None
        ] * rgb(c)
    img += tint * 0.30 * wet[..., None] * (0.8 + 0.3 * grain[..., None])
    light = np.array([-0.45, -0.55, 0.7]) / np.linalg.norm([0.45, 0.55, 0.7])
    for i in order:
        px, py, rad = pts[i]
        n = int(rad * H * 1.25)
        cx, cy = int(px * H), int(py * H)
        x0, x1, y0, y1 = max(cx - n, 0), min(cx + n, W), max(cy - n, 0), min(cy + n, H)
        if x0 >= x1 or y0 >= y1:
            continue
        tilt, turn = r.normal(size=2) * 0.13, r.uniform(0, 6.28)
        dx, dy = (x[y0:y1, x0:x1] - px) / rad, (y[y0:y1, x0:x1] - py) / rad
        d, th = np.hypot(dx + tilt[0] * 0.2, dy + tilt[1] * 0.2), np.arctan2(dy, dx) + turn
        seg = (th * 8 / 6.28318) % 1 - 0.5
        rim = 0.985 * (1 - 0.085 * np.cos(seg * np.pi) ** 2 * 1.0)
        cover = np.clip((rim - d) * rad * H / 1.3 + 0.5, 0, 1)
        sag = np.cos(seg * np.pi) * d
        nr = 0.25 + 0.75 * d**1.6
        tang = np.sin(seg * np.pi) * 0.55 * d
        nx = (dx * nr - dy * tang) / (d + 0.05) + tilt[0]
        ny = (dy * nr + dx * tang) / (d + 0.05) + tilt[1]
        nz = 0.75
        ln = np.sqrt(nx**2 + ny**2 + nz**2)
        lam = np.clip((nx * light[0] + ny * light[1] + nz * light[2]) / ln, 0, 1)
        hv = np.array([light[0], light[1], light[2] + 1]) / np.linalg.norm(
            [light[0], light[1], light[2] + 1]
        )
        spec = np.clip((nx * hv[0] + ny * hv[1] + nz * hv[2]) / ln, 0, 1)
        colour = rgb(spots.get(i, darks[int(r.integers(len(darks)))]))
        bright = i in spots
        rib = np.exp(-(((np.abs(seg) - 0.5) * d * 34) ** 2))
        gloss = spec**22 * (0.13 if not bright else 0.22) + spec**120 * 0.35
        sheen = (1 - nz / ln) * 0.07
        local = (
            colour * ((0.18 + 0.95 * lam) * (1 - 0.12 * sag) * (1.15 if bright else 1.0))[..., None]
        )
        local = local + (gloss + sheen * (0.6 + 0.4 * lam))[..., None] * rgb("#c4d2dc")
        local *= (1 - 0.35 * rib)[..., None]
        local += (np.exp(-(((np.abs(seg) - 0.47) * d * 50) ** 2)) * 0.04 * lam)[..., None]
        drops = np.random.default_rng(int(i)).random(d.shape)
        local += ((drops > 0.994) * lam * 0.3)[..., None]
        local += (np.exp(-((d / 0.045) ** 2)) * 0.12)[..., None]
        img[y0:y1, x0:x1] = mix(img[y0:y1, x0:x1], local, cover)
    streak = rain(H, W, 9, 0.05, 16, 0.0022)
    img += streak[..., None] * 0.06
    far = step(-y, -0.32, 0.05)
    img = mix(img, wide_blur(img, 7), np.clip(far + step(y, 0.86, 1.05), 0, 1) * 0.75)
    img = mix(img, rgb("#7d8b96") * 0.6, step(-y, -0.5, 0.1) * 0.22)
    img = bloom(img, 0.15, (5, 30, 120))
    return develop(img, 1.75, "#08142a", (1.0, 1.0, 0.99), 1.12, 0.95, 0.5, 0.015, 0.01, 23)


def housing_blocks() -> Array:
    """Tower blocks at dusk, some of the windows lit."""
    x, y = coords()
    r = np.random.default_rng(71)
    img = ramp(y, [(0, "#1b2748"), (0.4, "#5d5a80"), (0.65, "#c07f7a"), (0.8, "#eaa878")]) * 0.85
    alpha, lit = sky_clouds(H, W, 0.85, (1.3, 0.8), 201, 0.0, 0.28, stretch=2.2)
    img = mix(img, mix(rgb("#2a2c48") * 0.8, rgb("#e88f7a"), np.clip(lit, 0, 1)), alpha * 0.8)
    m = Model()
    blocks = []
    for _ in range(26):
        z = 60 + r.uniform(0, 330)
        px = r.uniform(-1, 1) * z * 0.75
        wide, deep, tall = (
            r.choice([14, 18, 34, 52]),
            r.choice([12, 14]),
            r.choice([27, 36, 45, 54, 63]) * 0.95,
        )
        if z < 120 and abs(px) < 26:
            continue
        blocks.append((px, z, wide, deep, tall, r.choice([0.0, 0.25, -0.3]), r.uniform(0.8, 1.15)))
    blocks += [
        (-46, 66, 22, 14, 66, 0.25, 1.0),
        (48, 74, 40, 13, 48, -0.3, 0.95),
        (4, 120, 16, 16, 60, 0.25, 1.05),
        (-12, 200, 60, 13, 38, 0.0, 0.9),
    ]
    angle, centre = [], []
    for px, z, wide, deep, tall, turn, tone in blocks:
        start = len(m.o)
        m.box(
            [px - wide / 2, -70, z - deep / 2],
            [px + wide / 2, tall, z + deep / 2],
            rgb("#8f8a86") * tone,
            1,
            turn,
        )
        m.box(
            [px - wide / 2 + 1, tall, z - 2],
            [px - wide / 2 + 6, tall + 2.6, z + 3],
            rgb("#77726f"),
            2,
            0,
        )
        m.box(
            [px - wide / 2 + 3, tall + 2.6, z],
            [px - wide / 2 + 3.15, tall + 8, z + 0.15],
            "#444446",
            2,
        )
        angle += [turn] * (len(m.o) - start)
        centre += [(px, z)] * (len(m.o) - start)
    k = 1.5
    h, w = int(H * k), int(W * k)
    cam = Camera([0, 26, -20], [0, 27.5, 100], 1.05, h, w, shift=-0.04)
    hit = see(m, cam)
    p, n = hit.place, hit.normal
    f = np.maximum(hit.face, 0)
    t, c = np.array(angle, F)[f], np.array(centre, F)[f]
    dx, dz = p[..., 0] - c[..., 0], p[..., 2] - c[..., 1]
    lx, lz = dx * np.cos(t) + dz * np.sin(t), -dx * np.sin(t) + dz * np.cos(t)
    front = np.abs(n[..., 2] * np.cos(t) - n[..., 0] * np.sin(t)) > 0.7
    along = np.where(front, lx, lz) + 200
    cu, cv = along / 3.1, p[..., 1] / 3.0 + 20
    iu, iv = np.floor(cu), np.floor(cv)
    h1 = (
        (np.sin(iu * 12.9898 + iv * 78.233 + c[..., 0] * 3.1 + front * 5) * 43758.547) % 1
    ).astype(F)
    h2 = ((np.sin(iu * 39.3 + iv * 11.1 + c[..., 1]) * 24634.6) % 1).astype(F)
    fu, fv = cu - iu, cv - iv
    wallside = (np.abs(n[..., 1]) < 0.5) & (hit.kind == 1) & (p[..., 1] > 0)
    pane = wallside & (np.abs(fu - 0.42) < 0.27) & (np.abs(fv - 0.55) < 0.26)
    balc = wallside & front & (iu % 4 == 1)
    lit_w = pane & (h1 > 0.72)
    warm = ramp(
        h2,
        [(0, "#ffb257"), (0.55, "#ffcf8a"), (0.85, "#ffe9c8"), (0.93, "#9fc4ff"), (1, "#d88cff")],
    )
    curtain = np.where(fu < 0.42 - 0.27 + 0.5 * h2, 0.55, 1.0) * (0.6 + 0.5 * fv)
    mull = np.abs(fu - 0.42) < 0.02
    side = np.clip(n[..., 0] * 0.9 - n[..., 2] * 0.15 + 0.1, 0, 1)
    grime = 1 + 0.10 * plane_noise(along * 1.0, p[..., 1] * 0.2, hit.depth / 1900, 3, 0.3, 5, 0.6)
    seam = wallside & ((fv < 0.04) | (fu < 0.025))
    col = (
        hit.colour
        * (
            side[..., None] * rgb([0.42, 0.21, 0.17])
            + (0.55 + 0.45 * n[..., 1:2]) * rgb([0.085, 0.10, 0.175])
        )
        * grime[..., None]
    )
    col *= np.where(seam, 0.75, 1)[..., None]
    col = np.where((balc & (fv < 0.36))[..., None], hit.colour * rgb([0.14, 0.12, 0.15]) * 1.1, col)
    col = np.where((balc & (fv > 0.36) & ~lit_w)[..., None], col * 0.35, col)
    refl = ramp(1 - np.clip(p[..., 1] / 60, 0, 1), [(0, "#39456b"), (1, "#a86f6c")]) * 0.35
    col = np.where(pane[..., None], refl * (0.35 + 0.4 * h2[..., None]), col)
    col = np.where((lit_w & ~mull)[..., None], warm * ((0.35 + 1.1 * h2) * curtain)[..., None], col)
    stair = wallside & front & (np.abs(iu - 64) < 0.5) & (np.abs(fu - 0.5) < 0.2)
    col = np.where(
        stair[..., None], rgb("#e8f0c8") * 0.5 * (0.5 + 0.5 * (fv > 0.15))[..., None], col
    )
    air = 1 - np.exp(-np.clip(hit.depth - 70, 0, 1e4) / 260)
    haze = mix(rgb("#d08a70") * 0.52, rgb("#544e74") * 0.6, step(p[..., 1], 0, 60))
    col = mix(col, haze, air * 0.9)
    seen = (hit.face >= 0).astype(F)
    mask, col = resize(seen, H, W), resize(col * seen[..., None], H, W)
    ghost = np.zeros((H, W), F)
    for _ in range(26):
        a, b, t2 = r.uniform(0, 1.5), r.uniform(0.02, 0.06), r.uniform(0.5, 0.66)
        ghost = np.maximum(ghost, ((np.abs(x - a) < b / 2) & (y > t2)).astype(F))
    img = mix(img, rgb("#a8706c") * 0.6, ghost * 0.5)
    img = mix(img, rgb("#e8a67c") * 0.8, np.exp(-(((y - 0.76) / 0.10) ** 2)) * 0.5)
    img = img * (1 - mask[..., None]) + col

    crown = (
        0.905
        - 0.035 * np.abs(fbm(2, W, 110, 9, 3)[0])
        - 0.012 * fbm(2, W, 22, 10, 4, 0.7)[0]
        + 0.02 * np.cos(x[0] * 4.2)
    )
    leaves = fbm(H, W, 16, 11, 4, 0.75)
    wood = step(y - crown[None] + 0.010 * leaves, -0.004, 0.006)
    img = mix(img, rgb("#1a1722") * (0.35 + 0.25 * np.clip(leaves, -1, 1.5)[..., None]), wood)
    img = mix(img, rgb("#0c0c12"), step(y, 0.93, 0.99))
    lamps = [(q, 0.915 - 0.02 * np.sin(q * 9), "#ffb050", 3.0) for q in np.linspace(0.04, 1.46, 13)]
    sparks(img, lamps, 2.2)
    sparks(img, [(a, b + 0.01, c, 0.13) for a, b, c, _ in lamps], 24)
    img = bloom(img, 0.3, (4, 20, 90))
    return develop(img, 1.55, "#0a1030", (1.03, 1, 0.96), 1.06, 0.92, 0.4, 0.016, 0.015, 24)


def night_train() -> Array:
    """A platform at night, a train passing as streaks of light."""
    h, w = H, W
    np.random.default_rng(81)
    m = Model()
    m.box([-8, -0.2, -3], [0.2, 0, 90], "#6d6862", 1)
    m.box([-0.35, 0, -3], [-0.22, 0.006, 90], "#d8c04a", 3)
    m.quad([0.2, -1.2, -3], [0, 0, 93], [9, 0, 0], "#2a2826", 2)
    m.box([8.2, -0.2, -3], [20, 0, 90], "#5b5651", 1)
    for z in np.arange(1.5, 88, 6.5):
        m.spun([-2.9, 0, z], [(0.16, 0), (0.13, 0.4), (0.11, 3.6), (0.2, 3.8)], "#2f3a38", 4, 14)
        m.box([-6.5, 3.75, z - 0.12], [0.1, 4.0, z + 0.12], "#2f3a38", 4)
        m.box([-3.9, 0.42, z + 2.4], [-3.4, 0.5, z + 4.2], "#4a3526", 4)
        m.box([-3.95, 0.5, z + 2.4], [-3.88, 0.95, z + 4.2], "#4a3526", 4)
        m.box([-3.8, 0, z + 2.5], [-3.5, 0.42, z + 2.6], "#222222", 4)
        m.box([-3.8, 0, z + 4.0], [-3.5, 0.42, z + 4.1], "#222222", 4)
    m.quad([-7, 4.25, -3], [0, 0, 93], [7.2, -0.22, 0], "#6b5a48", 5)
    m.box([0.1, 3.75, -3], [0.22, 4.25, 90], "#39332d", 4)
    m.quad([-7, 0, -3], [0, 4.3, 0], [0, 0, 93], "#5f4438", 6)
    lamps = [(-1.5, 3.72, z) for z in np.arange(4.7, 88, 6.5)]
    for a in lamps:
        m.box([a[0] - 0.12, 3.68, a[2] - 0.6], [a[0] + 0.12, 3.74, a[2] + 0.6], "#ffffff", 7)
    m.box([-1.9, 2.7, 12.0], [-0.7, 3.2, 12.15], "#101418", 8)
    k = 1.5
    hh, ww = int(h * k), int(w * k)

    def shade(model: Model, cam: Camera, sign: int) -> tuple[Array, object]:
        hit = see(model, cam)
        p, n = hit.place.copy(), hit.normal.copy()
        p[..., 1] *= sign
        n[..., 1] *= sign
        hit.place, hit.normal = p, n
        lt = np.zeros(p.shape, F) + rgb([0.010, 0.014, 0.024])
        for a in lamps[:10]:
            lt += (diffuse(hit, [a[0], a[1] - 0.1, a[2]]) * 1.6)[..., None] * rgb("#ffcf94")
        gl = np.clip(n[..., 0] * 0.9 + n[..., 1] * 0.25 + 0.05, 0, 1) / (
            1 + ((p[..., 0] - 1.2) / 1.6) ** 2
        )
        lt += (gl * 0.16)[..., None] * rgb("#ffd9a4")
        foot = hit.depth / 1900
        tex = 1 + 0.14 * plane_noise(p[..., 0] + p[..., 1], p[..., 2], foot, 5, 1.5, 5, 0.65)
        col = hit.colour * lt * tex[..., None]
        tiles = (
            (hit.kind == 1)
            & (
                (np.abs((p[..., 2] / 0.8) % 1 - 0.5) > 0.485)
                | (np.abs((p[..., 0] / 0.8) % 1 - 0.5) > 0.485)
            )
            & (hit.depth < 40)
        )
        col *= np.where(tiles, 0.6, 1)[..., None]
        slats = (hit.kind == 5) & (np.abs((p[..., 0] / 0.22) % 1 - 0.5) > 0.44)
        col *= np.where(slats, 0.5, 1)[..., None]
        bricks = (hit.kind == 6) & (np.abs((p[..., 1] / 0.12) % 1 - 0.5) > 0.44)
        col *= np.where(bricks & (hit.depth < 25), 0.8, 1)[..., None]
        win = (
            (hit.kind == 6)
            & (np.abs((p[..., 2] / 5.2) % 1 - 0.5) < 0.22)
            & (np.abs(p[..., 1] - 1.8) < 1.1)
        )
        col = np.where(
            win[..., None],
            rgb("#ffb866")
            * (
                0.16
                * (0.35 + 0.3 * p[..., 1])
                * np.where(
                    (np.abs((p[..., 2] / 0.57) % 1 - 0.5) > 0.44)
                    | (np.abs((p[..., 1] / 0.73) % 1 - 0.5) > 0.46),
                    0.2,
                    1,
                )
                * (1 + 0.2 * plane_noise(p[..., 2], p[..., 1], foot, 9, 0.8, 3))
            )[..., None],
            col,
        )
        col = np.where((hit.kind == 7)[..., None], rgb("#ffe6bd") * 3.5, col)
        board = (
            (hit.kind == 8)
            & ((p[..., 1] * 16 % 2) < 1.1)
            & (
                ((np.sin(np.floor(p[..., 0] * 22) * 7.7 + np.floor(p[..., 1] * 8) * 3.1) * 99) % 1)
                > 0.35
            )
        )
        col = np.where(board[..., None], rgb("#ffb030") * 0.9, col)
        return col, hit

    cam = Camera([-1.75, 1.65, -1.2], [-0.6, 1.75, 10], 1.0, hh, ww)
    img, hit = shade(m, cam, 1)
    sky = hit.face < 0
    yy = np.broadcast_to(np.arange(hh, dtype=F)[:, None] / hh, (hh, ww))
    img = np.where(
        sky[..., None], ramp(yy, [(0, "#070c1a"), (0.5, "#1c2334"), (0.6, "#3a302e")]) * 0.5, img
    )
    rcol, rhit = shade(m.mirrored(), cam, -1)
    rcol = np.where((rhit.face < 0)[..., None], rgb("#0c1220") * 0.3, rcol)
    # The train is a smear: streaks along z on the plane x = 1.0, above the platform edge.
    d = cam.rays()
    t = (1.25 - cam.at[0]) / np.maximum(d[..., 0], 1e-4)
    ty, tz = cam.at[1] + t * d[..., 1], cam.at[2] + t * d[..., 2]
    on = (d[..., 0] > 1e-3) & (t < 300) & (t > 0.2)

    def train(ty: Array, tz: Array, ok: Array) -> tuple[Array, Array]:
        f = np.maximum(np.abs(t), 0.1) / 1900
        streak = plane_noise(tz * 0.02, ty, f, 21, 5.5, 5, 0.75, 1)
        fine = plane_noise(tz * 0.05, ty, f, 25, 22, 3, 0.8, 1)
        windows = np.exp(-(((ty - 1.85) / 0.42) ** 4))
        lower = np.exp(-(((ty - 0.15) / 0.10) ** 2))
        stripe = np.exp(-(((ty - 0.95) / 0.07) ** 2))
        roof = np.exp(-(((ty - 2.95) / 0.05) ** 2))
        flick = np.clip(0.75 + 0.25 * np.sin(tz * 0.6) + 0.1 * np.sin(tz * 1.9), 0, 1.5)
        c = (
            windows[..., None]
            * rgb("#ffcf86")
            * (1.25 + 0.55 * streak + 0.4 * fine)[..., None]
            * flick[..., None]
        )
        c = (
            c
            + lower[..., None] * rgb("#ffe0b0") * 0.5
            + stripe[..., None] * rgb("#ff3a20") * (0.8 + 0.3 * fine)[..., None]
        )
        c = c + roof[..., None] * rgb("#9fd0ff") * 0.35
        c = c + rgb("#25303c") * (0.10 + 0.06 * streak + 0.05 * fine)[..., None]
        inside = step(ty, -0.9, -0.6) * step(-ty, -3.2, -3.0) * ok * step(tz, -3, 0.5)
        solid = inside * np.clip(0.78 + 0.2 * windows + 0.15 * streak, 0, 1)
        return np.maximum(c, 0), solid

    c, a = train(ty, tz, on & (t < hit.depth))
    img = mix(img, c, a)
    c2, a2 = train(-ty, tz, on & (t < rhit.depth))
    rimg = mix(rcol, c2, a2)
    # The wet platform mirrors lamps and train.
    plat = (hit.kind == 1) | (hit.kind == 3)
    p = hit.place
    foot = hit.depth / 1900
    fl = plane_noise(p[..., 0], p[..., 2], foot, 31, 2.5, 5, 0.65)
    puddle = step(plane_noise(p[..., 0], p[..., 2], foot, 35, 0.5, 4), -0.5, 0.8)
    yi, xi = np.mgrid[0:hh, 0:ww].astype(F)
    q = np.random.default_rng(3)
    total = np.zeros_like(img)
    for s in range(7):
        sp = (s - 3) / 3 + q.normal(size=yi.shape).astype(F) * 0.2
        total += look_up(
            rimg,
            xi + fl * 7 * (1.2 - puddle),
            yi + sp * 46 * (1.15 - 0.9 * puddle) + fl * 12 * (1.1 - puddle),
        )
    view = np.clip(1 - (1.65 / np.maximum(hit.depth, 0.5)) * 0.9, 0.12, 1)
    img += np.where(plat[..., None], total / 7 * (view * (0.12 + 0.45 * puddle))[..., None], 0)
    img = mix(
        img,
        rgb("#8a6a48") * 0.25,
        (1 - np.exp(-np.clip(hit.depth, 0, 120) / 70)) * np.where(sky, 0.15, 0.7) * (1 - a * 0.8),
    )
    img = resize(img, h, w)
    big = Camera(cam.at, [-0.6, 1.75, 10], 1.0, h, w)
    _x, y = coords()
    for fx, fz, tall in ((-1.15, 15, 1.72), (-0.95, 6.4, 1.75), (-2.2, 22, 1.7)):
        px, py, _ = big.project(np.array([[fx, 0, fz], [fx, tall, fz]]))
        b, s, cx = float(py[0]) / h, float(py[0] - py[1]) / h, float(px[0]) / h

        def fig(dr: ImageDraw.ImageDraw, u: float) -> None:
            dr.polygon(
                [
                    ((cx + e * s) * u, (b - g * s) * u)
                    for e, g in (
                        (-0.04, 0.87),
                        (-0.12, 0.81),
                        (-0.145, 0.6),
                        (-0.13, 0.42),
                        (-0.145, 0.3),
                        (-0.07, 0.28),
                        (-0.075, 0.03),
                        (-0.06, 0),
                        (0.0, 0.0),
                        (0.005, 0.27),
                        (0.03, 0.0),
                        (0.09, 0.0),
                        (0.075, 0.03),
                        (0.085, 0.28),
                        (0.14, 0.3),
                        (0.13, 0.45),
                        (0.145, 0.62),
                        (0.115, 0.81),
                        (0.04, 0.87),
                    )
                ],
                fill=255,
            )
            dr.ellipse(
                [(cx - 0.05 * s) * u, (b - s) * u, (cx + 0.05 * s) * u, (b - 0.855 * s) * u],
                fill=255,
            )
            dr.rectangle(
                [(cx - 0.27 * s) * u, (b - 0.3 * s) * u, (cx - 0.16 * s) * u, (b - 0.02 * s) * u],
                fill=255,
            )
            dr.line(
                [
                    ((cx - 0.18 * s) * u, (b - 0.3 * s) * u),
                    ((cx - 0.13 * s) * u, (b - 0.44 * s) * u),
                ],
                fill=255,
                width=max(2, int(0.012 * s * u)),
            )

        f = blur(stencil(h, w, fig, 3), 0.7)
        rim = blur(np.clip(f - np.roll(f, -int(2 + s * 6), 1), 0, 1), 1.2)
        rows = np.clip(2 * b * h - np.arange(h), 0, h - 1).astype(int)
        img *= (1 - 0.6 * blur(f[rows] * (y > b), (5, 2)) * np.exp(-(y - b) * 6))[..., None]
        img = mix(img, rgb("#0a0b0e"), f)
        img += (
            (rim * np.clip(0.6 + 0.5 * noise(h, w, 26, 26, 5), 0, 1))[..., None]
            * rgb("#ffc880")
            * 0.4
        )
    img = bloom(img, 0.45, (5, 24, 90))
    return develop(img, 1.6, "#06122a", (1.03, 1, 0.95), 1.06, 0.92, 0.45, 0.018, 0.01, 25)


def front_window() -> Array:
    """A newsroom at night, seen through its window from the street."""
    x, y = coords()
    r = np.random.default_rng(91)
    wx0, wx1, wy0, wy1 = 0.27, 1.27, 0.17, 0.70
    # Inside: a deep warm room in perspective.
    m = Model()
    m.quad([-5, 0, 0], [0, 0, 9], [10, 0, 0], "#6b4e36", 1)
    m.quad([-5, 3.1, 0], [10, 0, 0], [0, 0, 9], "#b8a98e", 2)
    m.quad([-5, 0, 9], [0, 3.1, 0], [10, 0, 0], "#a8906c", 3)
    m.quad([-5, 0, 0], [0, 3.1, 0], [0, 0, 9], "#8a7458", 4)
    m.quad([5, 0, 0], [0, 0, 9], [0, 3.1, 0], "#8a7458", 4)
    desks = [
        (-3.3, 1.2),
        (-0.5, 1.6),
        (2.2, 1.1),
        (-2.0, 4.0),
        (1.0, 4.2),
        (3.4, 4.4),
        (-3.6, 6.4),
        (0.0, 6.8),
        (2.6, 6.8),
    ]
    screens = []
    for dx, dz in desks:
        m.box([dx - 0.8, 0.7, dz], [dx + 0.8, 0.75, dz + 0.8], "#7a5a3c", 5)
        m.box([dx - 0.75, 0, dz + 0.1], [dx - 0.68, 0.7, dz + 0.7], "#2f2620", 5)
        m.box([dx + 0.68, 0, dz + 0.1], [dx + 0.75, 0.7, dz + 0.7], "#2f2620", 5)
        m.box([dx - 0.35, 0.88, dz + 0.2], [dx + 0.3, 1.28, dz + 0.24], "#1a1c1f", 6)
        m.box([dx - 0.06, 0.75, dz + 0.2], [dx + 0.04, 0.9, dz + 0.26], "#1a1c1f", 5)
        for _ in range(5):
            a, s = r.uniform(0.35, 0.7), r.uniform(0.03, 0.25)
            m.box(
                [dx + a - 0.1, 0.75, dz + 0.2],
                [dx + a + 0.1, 0.75 + s, dz + 0.5],
                ["#d8d0bd", "#9a4a36", "#c9b98a", "#54636b"][r.integers(4)],
                5,
            )
        screens.append((dx, 1.05, dz + 0.5))
    pend = [
        (-3.0, 2.15, 1.9),
        (0.0, 2.15, 2.2),
        (2.9, 2.15, 1.8),
        (-1.6, 2.15, 5),
        (1.6, 2.15, 5.1),
        (-3.2, 2.15, 7.4),
        (3.2, 2.15, 7.4),
    ]
    for a in pend:
        m.spun(
            [a[0], a[1], a[2]],
            [(0.28, 0), (0.2, 0.14), (0.06, 0.22), (0.012, 0.26), (0.012, 1.0)],
            "#20302c",
            7,
            24,
        )
    k = 1.5
    h, w = int(H * k), int(W * k)
    cam = Camera([-0.4, 1.45, -6.4], [0.0, 1.5, 4], 1.02, h, w, shift=0.06)
    hit = see(m, cam)
    p, n = hit.place, hit.normal
    lt = np.zeros_like(p) + rgb([0.05, 0.035, 0.02])
    for a in pend:
        below = step(a[1] + 0.02 - p[..., 1], -0.02, 0.10)
        lt += (diffuse(hit, [a[0], a[1] - 0.06, a[2]]) * 1.25 * (0.10 + 0.9 * below))[
            ..., None
        ] * rgb("#ffbe70")
    for a in screens:
        lt += (diffuse(hit, a) * 0.12)[..., None] * rgb("#9fc8ff")
    ao = crevices(hit, 0.5, 50 * k, 1.3)
    col = hit.colour * lt * ao[..., None]
    back = hit.kind == 3
    u, v = p[..., 0], p[..., 1]
    cell = (np.sin(np.floor(u / 0.42) * 12.9 + np.floor(v / 0.55) * 78.2) * 43758.5) % 1
    paper = (
        back
        & (np.abs((u / 0.42) % 1 - 0.5) < 0.42)
        & (np.abs((v / 0.55) % 1 - 0.5) < 0.43)
        & (v > 1.1)
        & (v < 2.75)
        & (u < 1.2)
    )
    lines = ((v / 0.035) % 1 < 0.45) & (((u / 0.42) % 1 - 0.5) % 0.2 > 0.02)
    photo = (np.abs((v / 0.55) % 1 - 0.62) < 0.13) & (cell > 0.4)
    sheet = rgb("#d8ceb4") * np.where(photo, 0.35, np.where(lines, 0.62, 1.0))[..., None]
    col = np.where(paper[..., None], sheet * lt * (0.7 + 0.4 * cell[..., None]), col)
    books = ((hit.kind == 4) | (back & (u > 1.7))) & (v > 0.2) & (v < 2.6)
    bu = np.where(back, u, p[..., 2])
    hue = (np.sin(np.floor(bu / 0.06) * 3.3 + np.floor(v / 0.42) * 17) * 4375.5) % 1
    tall = 0.55 + 0.4 * ((np.sin(np.floor(bu / 0.06) * 7.1 + np.floor(v / 0.42) * 5) * 437.5) % 1)
    spine = ramp(
        hue.astype(F),
        [(0, "#5d2a22"), (0.3, "#b59a68"), (0.5, "#2f4038"), (0.75, "#7d6a52"), (1, "#27303f")],
    )
    col = np.where(
        books[..., None],
        spine
        * lt
        * np.where((v / 0.42) % 1 < 0.07, 0.5, np.where((v / 0.42) % 1 < tall, 1, 0.12))[..., None],
        col,
    )
    col = np.where(
        (hit.kind == 6)[..., None],
        np.where((n[..., 2] < -0.5)[..., None], rgb("#141518") * 0.4, col),
        col,
    )
    col = np.where(((hit.kind == 7) & (n[..., 1] < -0.3))[..., None], rgb("#ffd9a0") * 1.5, col)
    inside = resize(col, H, W)
    big = Camera(cam.at, [0.0, 1.5, 4], 1.02, H, W, shift=0.06)
    px, py, _ = big.project(np.array(pend))
    sparks(
        inside,
        [(float(a) / H, float(b) / H + 0.004, "#fff0d0", 5) for a, b in zip(px, py, strict=False)],
        7,
    )
    # Silhouettes at the desks and one standing.
    for n_, (fx, fz, seated) in enumerate(
        (
            (0.0, 7.4, 1),
            (1.6, 4.75, 1),
            (-1.35, 4.6, 1),
            (3.9, 4.9, 1),
            (-2.75, 1.75, 1),
            (1.6, 1.6, 1),
            (0.55, 2.6, 0),
            (-1.15, 2.1, 1),
            (-3.9, 3.0, 0),
        )
    ):
        qx, qy, _ = big.project(np.array([[fx, 0, fz], [fx, 1.75, fz]]))
        b, s, cx = float(qy[0]) / H, float(qy[0] - qy[1]) / H, float(qx[0]) / H
        b += 0.19 * s if seated else 0
        lean = (-0.05, 0.06, -0.07, -0.04, -0.06, 0.06, 0.02, 0.09, 0.03)[n_]

        def fig(d: ImageDraw.ImageDraw, u_: float) -> None:
            body = [
                (-0.035, 0.87),
                (-0.10, 0.835),
                (-0.135, 0.76),
                (-0.15, 0.55),
                (-0.20, 0.47),
                (-0.13, 0.45),
                (-0.11, 0.0),
                (0.11, 0.0),
                (0.12, 0.45),
                (0.2, 0.48),
                (0.15, 0.58),
                (0.13, 0.76),
                (0.10, 0.835),
                (0.035, 0.87),
            ]
            if not seated:
                body = [
                    (-0.035, 0.87),
                    (-0.11, 0.83),
                    (-0.14, 0.7),
                    (-0.17, 0.55),
                    (-0.06, 0.56),
                    (-0.1, 0.5),
                    (-0.1, 0),
                    (-0.01, 0),
                    (0, 0.4),
                    (0.02, 0),
                    (0.1, 0),
                    (0.11, 0.5),
                    (0.15, 0.45),
                    (0.14, 0.75),
                    (0.1, 0.835),
                    (0.035, 0.87),
                ]
            d.polygon(
                [((cx + (e + lean * (g - 0.4)) * s) * u_, (b - g * s) * u_) for e, g in body],
                fill=255,
            )
            hx = cx + lean * 0.65 * s
            d.ellipse(
                [(hx - 0.052 * s) * u_, (b - s) * u_, (hx + 0.052 * s) * u_, (b - 0.855 * s) * u_],
                fill=255,
            )
            if n_ % 3 == 1:
                d.ellipse(
                    [
                        (hx - 0.066 * s) * u_,
                        (b - 1.015 * s) * u_,
                        (hx + 0.062 * s) * u_,
                        (b - 0.9 * s) * u_,
                    ],
                    fill=255,
                )
                d.ellipse(
                    [
                        (hx - 0.025 * s) * u_,
                        (b - 1.06 * s) * u_,
                        (hx + 0.03 * s) * u_,
                        (b - 0.985 * s) * u_,
                    ],
                    fill=255,
                )

        f = blur(stencil(H, W, fig, 3), 1.0)
        cut = resize(hit.depth, H, W) > fz + 6.2
        f = f * np.maximum(blur(cut.astype(F), 1), 0)
        rim = blur(np.clip(f - np.roll(f, 3, 0), 0, 1), 1.2)
        inside = mix(inside, rgb("#120d0a") * 0.7 + inside * 0.06, f * 0.97)
        inside += rim[..., None] * rgb("#ffb868") * 0.3
    inside = bloom(inside, 0.25, (6, 26, 80))
    # Outside: facade of rendered brick, window frames, wet pavement.
    u, v = x / 0.030, y / 0.0115
    off = 0.5 * (np.floor(v) % 2)
    mort = np.maximum(
        step(np.abs((u + off) % 1 - 0.5), 0.44, 0.48), step(np.abs(v % 1 - 0.5), 0.36, 0.46)
    )
    bid = ((np.sin(np.floor(u + off) * 12.9 + np.floor(v) * 78.2) * 43758.5) % 1).astype(F)
    rel = fbm(H, W, 9, 3, 3, 0.7)
    brick = mix(rgb("#3d2a26"), rgb("#5d3c32"), bid) * (0.8 + 0.2 * rel)[..., None]
    brick = mix(brick, rgb("#57504a"), mort * 0.7) * (0.85 + 0.3 * fbm(H, W, 260, 4, 4))[..., None]
    lampl = 1 / (1 + (np.hypot((x - 0.06), (y - 0.12)) / 0.23) ** 2)
    spill = np.exp(
        -np.hypot(
            np.clip(np.maximum(wx0 - x, x - wx1), 0, 9), np.clip(np.maximum(wy0 - y, y - wy1), 0, 9)
        )
        * 12
    )
    img = brick * (
        rgb([0.045, 0.062, 0.105])
        + lampl[..., None] * rgb("#ffa04a") * 0.75
        + spill[..., None] * rgb("#ffb468") * 0.22
    )

    def opening(d: ImageDraw.ImageDraw, u_: float) -> None:
        d.rectangle([wx0 * u_, wy0 * u_, wx1 * u_, wy1 * u_], fill=255)

    def bars(d: ImageDraw.ImageDraw, u_: float) -> None:
        for cx in np.linspace(wx0, wx1, 5):
            d.rectangle([(cx - 0.006) * u_, wy0 * u_, (cx + 0.006) * u_, wy1 * u_], fill=255)
        for cy in (wy0, wy0 + 0.115, wy1):
            d.rectangle(
                [(wx0 - 0.006) * u_, (cy - 0.006) * u_, (wx1 + 0.006) * u_, (cy + 0.006) * u_],
                fill=255,
            )

    hole = stencil(H, W, opening)
    pane = inside * (1 - 0.12 * step(fbm(H, W, 160, 12, 5), 0.2, 1.0)[..., None])
    ghost = np.zeros_like(img)
    bokeh(
        ghost,
        [
            (
                r.uniform(0.3, 1.25),
                r.uniform(0.22, 0.5),
                ("#7fb0ff", "#ffb45e", "#ff6a4a")[r.integers(3)],
                0.05,
                r.uniform(8, 20),
            )
            for _ in range(16)
        ],
        7,
    )
    img = mix(img, pane * 0.9 + ghost + rgb("#1c2a44") * 0.05, hole)
    frame = stencil(H, W, bars)
    fl = (
        rgb("#16211f") * (0.12 + 0.35 * spill[..., None])
        + np.clip(frame - np.roll(frame, 3, 1), 0, 1)[..., None] * rgb("#ffb060") * 0.12
    )
    img = mix(img, fl, frame)
    sill = ((y > wy1 + 0.004) & (y < wy1 + 0.026) & (x > wx0 - 0.03) & (x < wx1 + 0.03)).astype(F)
    img = mix(
        img,
        rgb("#6b645a")
        * (0.05 + 0.2 * np.exp(-(y - wy1) * 60))[..., None]
        * (0.9 + 0.1 * rel[..., None]),
        sill,
    )
    lintel = ((y > wy0 - 0.06) & (y < wy0 - 0.008) & (x > wx0 - 0.03) & (x < wx1 + 0.03)).astype(F)
    img = mix(img, rgb("#1d2a2b") * (0.10 + 0.5 * lampl[..., None] + 0.12), lintel)
    hz = 0.80
    base = ((y > hz - 0.055) & (y < hz)).astype(F)
    img = mix(img, img * 0.6 + rgb("#2a2a2c") * 0.03, base)
    sparks(img, [(0.06, 0.12, "#ffc078", 9)], 9)
    sparks(img, [(0.06, 0.12, "#ffa850", 0.5)], 50)
    # Pavement with the window thrown onto it and mirrored in the wet.
    gx, gz, foot = ground(H, W, 0.55, 1.6, 1.1)
    t0 = H - gz.shape[0]
    fz = plane_noise(gx, gz, foot, 5, 2.2, 5, 0.65)
    slab = (
        (np.abs((gx / 0.7 + 0.5 * (np.floor(gz / 0.7) % 2)) % 1 - 0.5) > 0.482)
        | (np.abs((gz / 0.7) % 1 - 0.5) > 0.482)
    ).astype(F)
    pud = step(plane_noise(gx, gz, foot, 8, 0.5, 4), -0.4, 0.8)
    full = np.zeros_like(img)
    yy, xx = np.mgrid[t0:H, 0:W].astype(F)
    q = np.random.default_rng(2)
    total = np.zeros((H - t0, W, 3), F)
    for _ in range(10):
        up = (
            2 * hz * H
            - yy
            + q.normal(size=yy.shape).astype(F) * (8 + 40 * (1 - pud))
            + fz * 14 * (1.1 - pud)
        )
        total += look_up(
            img,
            xx + q.normal(size=yy.shape).astype(F) * 5 + fz * 8 * (1.1 - pud),
            np.clip(up, 0, hz * H - 1),
        )
    thrown = np.exp(-(((x[t0:] - 0.77) / (0.5 + (y[t0:] - hz) * 1.2)) ** 4)) * np.exp(
        -(y[t0:] - hz) * 6
    )
    pave = mix(rgb("#3d3a38"), rgb("#5d5853"), np.clip(0.5 + 0.25 * fz, 0, 1)) * (
        rgb([0.035, 0.05, 0.085])
        + thrown[..., None] * rgb("#ffb468") * 0.4
        + (lampl[t0:, :, None] * 0.2) * rgb("#ffa04a")
    )
    pave = pave * (1 - 0.55 * slab[..., None]) + total / 10 * (0.16 + 0.42 * pud)[..., None]
    full[t0:] = pave
    img = np.where((y >= hz)[..., None], full, img)

    # A bicycle leans at the wall under the window.
    def bike(d: ImageDraw.ImageDraw, u_: float) -> None:
        bx, b, s = 1.13, 0.905, 0.115
        lw = int(0.0034 * u_)
        for cx in (-0.72, 0.72):
            d.ellipse(
                [
                    (bx + (cx - 0.5) * s) * u_,
                    (b - 1.0 * s) * u_,
                    (bx + (cx + 0.5) * s) * u_,
                    b * u_,
                ],
                outline=255,
                width=int(lw * 0.8),
            )
            for t in np.linspace(0, np.pi, 9)[:-1]:
                d.line(
                    [
                        (
                            (bx + (cx - 0.5 * np.cos(t)) * s) * u_,
                            (b - (0.5 - 0.5 * np.sin(t)) * s) * u_,
                        ),
                        (
                            (bx + (cx + 0.5 * np.cos(t)) * s) * u_,
                            (b - (0.5 + 0.5 * np.sin(t)) * s) * u_,
                        ),
                    ],
                    fill=110,
                    width=1,
                )
        pts = {
            "r": (-0.72, 0.5),
            "c": (-0.08, 0.45),
            "s": (-0.26, 1.05),
            "h": (0.45, 1.12),
            "f": (0.72, 0.5),
            "t": (0.4, 1.32),
        }
        at = {k_: ((bx + a * s) * u_, (b - c_ * s) * u_) for k_, (a, c_) in pts.items()}
        for a, c_ in ("rc", "cs", "sr", "sh", "ch", "hf", "ht"):
            d.line([at[a], at[c_]], fill=255, width=lw)
        d.line([at["t"], ((bx + 0.62 * s) * u_, (b - 1.36 * s) * u_)], fill=255, width=lw)
        d.ellipse(
            [(bx - 0.42 * s) * u_, (b - 1.2 * s) * u_, (bx - 0.1 * s) * u_, (b - 1.1 * s) * u_],
            fill=255,
        )
        d.line([at["s"], ((bx - 0.27 * s) * u_, (b - 1.14 * s) * u_)], fill=255, width=lw)

    bk = stencil(H, W, bike, 3)
    rows = np.clip(2 * 0.905 * H - np.arange(H), 0, H - 1).astype(int)
    img *= (1 - 0.6 * blur(bk[rows] * (y > 0.905), (3, 1.5)))[..., None]
    img = mix(img, rgb("#050506"), bk * 0.95)
    img += (np.clip(bk - np.roll(bk, 2, 0), 0, 1) * 0.12)[..., None] * rgb("#ffb868")
    img += wide_blur(img, 40) * rain(H, W, 6, 0.1, 26, 0.002)[..., None] * 0.5
    img = bloom(img, 0.3, (5, 24, 90))
    return develop(img, 1.75, "#06122c", (1.03, 1, 0.95), 1.06, 0.92, 0.45, 0.016, 0.01, 26)


SCENES = {
    "parliament-night": parliament_night,
    "tram-rain": tram_rain,
    "market-awnings": market_awnings,
    "umbrellas-crowd": umbrellas_crowd,
    "housing-blocks": housing_blocks,
    "night-train": night_train,
    "front-window": front_window,
}
