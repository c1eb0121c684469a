# ruff: noqa: B023 - the painters handed to stencil() run at once, inside the loop.
"""Scenes of interiors: press hall, court, theatre, library."""

from __future__ import annotations

import itertools

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
    look_up,
    mix,
    noise,
    plane_noise,
    ramp,
    resize,
    rgb,
    sparks,
    stencil,
    step,
    warp,
    wide_blur,
)
from .solid import Camera, Model, crevices, diffuse, scan, see, unshadowed

K = 1.5


def court_columns() -> Array:
    """A colonnade in hard light from the side, long shadows on the floor."""
    m = Model()
    m.quad([-40, 0, -20], [0, 0, 130], [80, 0, 0], "#a39a8b", 1)
    m.quad([-5.5, 0, -20], [0, 16, 0], [0, 0, 130], "#b5a995", 2)
    m.quad([-6, 11.4, -20], [9, 0, 0], [0, 0, 130], "#8f8676", 3)
    m.box([1.3, 10.2, -20], [3.4, 15, 110], "#b0a591", 3)
    m.box([-4, -0.45, -20], [4.4, 0.0, 110], "#a89e8d", 1)
    zs = np.arange(1.5, 100, 4.6)
    for z in zs:
        m.box([1.05, 0, z - 1.15], [3.35, 0.4, z + 1.15], "#b5aa97", 3)
        prof = [(1.12, 0.4), (1.18, 0.55), (1.05, 0.75), (0.98, 0.8), (1.02, 0.95), (0.92, 1.05)]
        prof += [(0.92 - 0.16 * t**1.6, 1.05 + 8.1 * t) for t in np.linspace(0.15, 1, 7)]
        prof += [(0.84, 9.2), (0.78, 9.35), (1.0, 9.7), (1.1, 9.8)]
        m.spun([2.2, 0, z], prof, "#bcb19d", 4, 30)
        m.box([1.05, 9.8, z - 1.15], [3.35, 10.2, z + 1.15], "#b5aa97", 3)
        m.box([-5.5, 0, z - 0.55], [-5.2, 10.6, z + 0.55], "#b0a490", 3)
        m.box([-5.49, 0, z + 1.4], [-5.3, 5.4, z + 3.2], "#4b3524", 5)
    m.spun(
        [-1.15, 0, 17.5],
        [(0.19, 0), (0.24, 0.5), (0.27, 0.9), (0.25, 1.25), (0.2, 1.42), (0.07, 1.5)],
        "#17181c",
        6,
        16,
    )
    m.spun(
        [-1.15, 1.5, 17.5],
        [(0.07, 0), (0.11, 0.08), (0.12, 0.16), (0.09, 0.26), (0.01, 0.29)],
        "#1d1917",
        6,
        14,
    )
    h, w = int(H * K), int(W * K)
    cam = Camera([-2.7, 1.7, -2.6], [0.15, 3.7, 13], 0.98, h, w)
    hit = see(m, cam)
    sun = Camera([95, 74, -14], [0, 3, 26], 2.0, 3200, 3200)
    lamp = scan(m, sun)[1]
    p, n = hit.place, hit.normal.copy()
    foot = hit.depth / (1100 * K)
    ang = np.arctan2(p[..., 0] - 2.2, (p[..., 2] - 1.5 + 2.3) % 4.6 - 2.3)
    flute = (hit.kind == 4) & (p[..., 1] > 1.1) & (p[..., 1] < 9.15)
    ph = (ang * 24 / 6.28318) % 1 - 0.5
    tx = np.stack([np.cos(ang), np.zeros_like(ang), -np.sin(ang)], -1)
    n += np.where(flute, -ph * 1.6, 0)[..., None] * tx
    n /= np.linalg.norm(n, axis=-1, keepdims=True)
    direct = unshadowed(p, hit.normal, sun, lamp, 0.22, 2.4) * np.clip(n @ (-sun.f).astype(F), 0, 1)
    ao = crevices(hit, 1.0, 70 * K, 1.2)
    a, b = (
        p[..., 0] + p[..., 2] * (np.abs(n[..., 0]) > 0.5),
        np.where(np.abs(n[..., 1]) > 0.5, p[..., 2], p[..., 1]),
    )
    tex = (
        1
        + 0.09 * plane_noise(a, b, foot, 3, 0.7, 7, 0.62)
        + 0.06 * plane_noise(a * 0.5, b * 0.12, foot, 6, 1.0, 4)
    )
    col = hit.colour * tex[..., None]
    col *= np.where(flute, 1 - 0.4 * step(np.abs(ph), 0.36, 0.5), 1)[..., None]
    floor = hit.kind == 1
    joint = floor & (
        (np.abs((p[..., 0] / 1.15) % 1 - 0.5) > 0.492)
        | (np.abs((p[..., 2] / 1.15) % 1 - 0.5) > 0.492)
    )
    col *= np.where(joint & (hit.depth < 45), 0.55, 1)[..., None]
    course = (hit.kind == 2) & (
        (np.abs((p[..., 1] / 0.9) % 1 - 0.5) > 0.49)
        | (np.abs((p[..., 2] / 1.9 + 0.5 * (np.floor(p[..., 1] / 0.9) % 2)) % 1 - 0.5) > 0.495)
    )
    col *= np.where(course, 0.6, 1)[..., None]
    panel = (hit.kind == 5) & (
        (np.abs((p[..., 1] / 1.35) % 1 - 0.5) > 0.43)
        | (np.abs((p[..., 2] / 0.9 - 0.1) % 1 - 0.5) > 0.44)
    )
    col *= np.where(panel, 0.55, 1)[..., None]
    bounce = np.clip(-n[..., 1] * 0.35 + 0.3 + 0.25 * n[..., 0], 0.05, 1) / (
        1 + (p[..., 1] / 5) ** 2
    )
    img = col * (
        direct[..., None] * rgb([3.2, 2.35, 1.45])
        + ao[..., None]
        * (
            rgb([0.045, 0.062, 0.11]) * (0.7 + 0.4 * n[..., 0:1])
            + bounce[..., None] * rgb([0.15, 0.10, 0.058])
        )
    )
    gloss = wide_blur(img[::-1], 20)
    img += (floor * 0.05)[..., None] * gloss
    img = np.where((hit.face < 0)[..., None], rgb("#f2d3a4") * 1.05, img)
    # Sun shafts: march a few steps from the eye and ask the shadow map.
    rays = cam.rays()[::3, ::3]
    r = np.random.default_rng(4)
    far = np.minimum(hit.depth[::3, ::3], 60)
    shaft = np.zeros(far.shape, F)
    steps = 26
    for s in range(steps):
        t = far * ((s + r.random(far.shape).astype(F)) / steps)
        q = cam.at.astype(F) + rays * t[..., None]
        x, y, z = sun.project(q)
        lit = z < lamp[np.clip(y, 0, 3199).astype(int), np.clip(x, 0, 3199).astype(int)] + 0.2
        shaft += lit * far / steps
    shaft = resize(blur(shaft, 2), h, w)
    img = img * np.exp(-np.clip(hit.depth, 0, 90) / 130)[..., None] + (shaft * 0.0042)[
        ..., None
    ] * rgb([1.0, 0.8, 0.52])
    img = resize(img, H, W)
    img = bloom(img, 0.22, (6, 40, 140))
    return develop(img, 0.82, "#0a1226", (1.03, 1, 0.94), 1.12, 0.95, 0.45, 0.016, 0.01, 30)


def theatre_stage() -> Array:
    """An empty stage, one chair, a cone of light full of dust."""
    x, y = coords()
    floor_y = 0.70
    lx, ly, tx, ty = 0.42, -0.06, 0.86, 0.80
    pool = np.hypot((x - tx) / 0.255, (y - ty) / 0.062)
    pool_l = step(-pool, -1.12, -0.82)
    img = rgb("#0b0a0c") * np.ones((H, W, 1), F)
    # Back wall of brick, barely reached by the light.
    bx, by = x / 0.035, y / 0.013
    mort = np.maximum(
        step(np.abs((bx + 0.5 * (np.floor(by) % 2)) % 1 - 0.5), 0.45, 0.49),
        step(np.abs(by % 1 - 0.5), 0.38, 0.47),
    )
    wall = (
        rgb("#5b4a42") * (0.8 + 0.25 * fbm(H, W, 60, 2, 6)[..., None]) * (1 - 0.4 * mort[..., None])
    )
    spread = np.exp(-np.hypot((x - 0.9) * 1.2, (y - 0.62) * 1.5) * 4)
    img = wall * (0.012 + 0.16 * spread[..., None] * rgb([1, 0.8, 0.58]))
    pipes = stencil(
        H,
        W,
        lambda d, u: (
            [
                d.rectangle([0.50 * u, 0, 0.507 * u, floor_y * u], fill=255),
                d.rectangle([1.02 * u, 0, 1.026 * u, floor_y * u], fill=255),
                d.line([(0.96 * u, floor_y * u), (0.96 * u, 0.28 * u)], fill=255, width=4),
                d.line([(0.93 * u, floor_y * u), (0.93 * u, 0.28 * u)], fill=255, width=4),
            ]
            + [
                d.line(
                    [(0.93 * u, (0.3 + k * 0.022) * u), (0.96 * u, (0.3 + k * 0.022) * u)],
                    fill=255,
                    width=3,
                )
                for k in range(18)
            ]
        ),
    )
    img *= 1 - 0.7 * pipes[..., None]
    # Boards in perspective.
    d = np.maximum(y - 0.60, 0.02)
    px, pz = (x - 0.75) / d * 0.3, 0.3 / d
    board = np.floor(px * 9)
    tone = ((np.sin(board * 12.9) * 43758.5) % 1).astype(F)
    grain = plane_noise(
        px * 5 + board * 3, pz * 0.7, np.full(px.shape, 0.02, F) * pz, 3, 2.2, 5, 0.65
    )
    seam = step(np.abs((px * 9) % 1 - 0.5), 0.475, 0.495)
    wood = mix(
        rgb("#2d1d14"), rgb("#7b5334"), np.clip(0.4 + 0.35 * (tone - 0.5) + 0.13 * grain, 0, 1)
    ) * (1 - 0.7 * seam[..., None])
    around = np.exp(-np.clip(pool - 0.7, 0, 9) * 0.9)
    fl = wood * (
        0.015
        + 2.3 * pool_l[..., None] * rgb([1, 0.86, 0.64])
        + 0.14 * around[..., None] * rgb([1, 0.72, 0.46])
    )
    refl = (
        np.exp(-(((x - tx) / 0.16) ** 2)) * np.exp(-np.abs(y - ty) * 8) * 0.06 * (0.7 + 0.4 * grain)
    )
    fl += refl[..., None] * rgb("#ffdba8")
    img = np.where((y > floor_y)[..., None], fl, img)
    apron = y > 0.90
    img = np.where(
        apron[..., None],
        rgb("#1d100c") * 0.12 * (0.7 + 0.6 * np.exp(-(y - 0.9) * 30))[..., None],
        img,
    )
    # Velvet curtains: folds gathered to the sides, lit by the spill.
    for side in (-1, 1):
        e = x if side < 0 else 1.5 - x
        hang = (
            0.33
            + 0.035 * np.sin(y * 3 + 0.5)
            - 0.055 * np.exp(-(((y - 0.46) / 0.10) ** 2))
            + 0.012 * noise(H, W, 30, 300, 7 + side)
        )
        hem = 0.815 + 0.008 * np.sin(e * 120)
        mask = step(hang - e, -0.003, 0.004) * step(hem - y, -0.002, 0.002)
        f = e / hang
        wob = noise(H, W, 90, 420, 12 + side) * 0.3 + noise(H, W, 30, 260, 14 + side) * 0.12
        fold = np.sin(f * 44 + wob * 6 + np.sin(f * 13) * 1.5)
        deep = np.cos(f * 44 + wob * 6 + np.sin(f * 13) * 1.5)
        light = np.clip(0.35 + 0.5 * fold + 0.35 * deep * side, 0, 1.3) ** 1.6
        reach = np.exp(-np.hypot((e - 0.36) * 2.2, (y - 0.72) * 1.5) * 2.6)
        nap = 1 + 0.10 * fbm(H, W, 5, 20 + side, 2)
        velvet = (
            mix(rgb("#3a0508"), rgb("#b02a22"), np.clip(light * 0.8, 0, 1))
            * (light * (0.045 + 0.62 * reach) * nap + 0.008)[..., None]
        )
        velvet += (np.clip(light - 0.85, 0, 1) * reach * 0.35)[..., None] * rgb("#ff9a72")
        braid = (y > hem - 0.028) & (y < hem - 0.004)
        velvet = np.where(
            braid[..., None], rgb("#c9963f") * (light * (0.06 + 0.5 * reach))[..., None], velvet
        )
        img *= (1 - 0.7 * blur(np.roll(mask, 20 * -side, 1), 18) * (y > floor_y))[..., None]
        img = mix(img, velvet, mask)
    # Valance across the top.
    swag = 0.115 + 0.035 * np.abs(np.sin(x * np.pi / 0.25)) ** 0.7
    vm = step(swag - y, -0.002, 0.002)
    ph = np.abs((x / 0.25) % 1 - 0.5)
    vf = np.sin((y + 0.5 * ph**2) * 130 + noise(H, W, 80, 40, 4) * 2)
    img = mix(
        img,
        mix(rgb("#2a0406"), rgb("#8f1f1a"), np.clip(0.5 + 0.4 * vf, 0, 1))
        * (0.035 + 0.10 * np.exp(-np.hypot(x - 0.5, y - 0.12) * 5))[..., None],
        vm,
    )
    gold = np.abs(y - swag) < 0.006
    img = np.where((gold & (vm > 0.3))[..., None], rgb("#c9963f") * 0.07, img)

    # The chair and its shadow.
    def chair(dr: ImageDraw.ImageDraw, u: float) -> None:
        cx, b, s = tx, 0.815, 0.185

        def at(a, c):
            return ((cx + a * s) * u, (b - c * s) * u)

        wd = int(0.0052 * u)
        for a in (
            [(-0.24, 0.0), (-0.21, 0.5)],
            [(0.14, -0.03), (0.15, 0.47)],
            [(0.30, 0.08), (0.26, 0.53)],
            [(-0.06, 0.11), (-0.06, 0.53)],
            [(0.26, 0.5), (0.35, 1.1)],
            [(-0.06, 0.5), (-0.02, 1.12)],
        ):
            dr.line([at(*q) for q in a], fill=255, width=wd)
        dr.polygon([at(-0.25, 0.49), at(0.17, 0.455), at(0.30, 0.53), at(-0.09, 0.56)], fill=255)
        dr.polygon([at(-0.25, 0.49), at(0.17, 0.455), at(0.17, 0.42), at(-0.25, 0.455)], fill=255)
        dr.polygon([at(-0.03, 0.98), at(0.33, 0.96), at(0.36, 1.13), at(-0.02, 1.15)], fill=255)
        for q in (0.06, 0.15, 0.24):
            dr.line([at(q, 0.53), at(q + 0.05, 1.0)], fill=255, width=wd // 2)
        dr.line([at(-0.22, 0.22), at(0.15, 0.19)], fill=255, width=wd // 2)

    c = stencil(H, W, chair, 3)
    yy, xx = np.mgrid[0:H, 0:W].astype(F)
    base = 0.815 * H
    sh = look_up(c, xx - (yy - base) * 1.9, base - (yy - base) * 4.2) * (yy > base)
    sh2 = look_up(c, xx - (yy - base + 24) * 1.9 + 4, base - (yy - base + 24) * 4.2) * (
        yy > base - 24
    )
    img *= (1 - 0.85 * blur(np.maximum(sh, sh2), 2.2) * (y > floor_y))[..., None]
    edge = blur(np.clip(c - np.roll(c, (3, 3), (0, 1)), 0, 1), 0.9)
    img = mix(img, rgb("#3a2415") * (0.30 + 0.15 * noise(H, W, 8, 40, 3)[..., None]), c)
    img += edge[..., None] * rgb("#ffd9a0") * 0.13
    # The cone: dust in a beam, denser near the lamp.
    axis = np.array([tx - lx, ty - ly])
    ln = np.linalg.norm(axis)
    ax = axis / ln
    t = ((x - lx) * ax[0] + (y - ly) * ax[1]) / ln
    off = -(x - lx) * ax[1] + (y - ly) * ax[0]
    half = 0.018 + 0.205 * t
    cone = np.exp(-(np.minimum(np.abs(off) / np.maximum(half, 0.004), 3) ** 5)) * step(t, 0.0, 0.03)
    below = step(
        -((y - ty) - 0.06 * np.sqrt(np.clip(1 - ((x - tx) / 0.26) ** 2, 0, 1))), -0.01, 0.02
    )
    wx, wy = fbm(H, W, 140, 41, 4), fbm(H, W, 140, 42, 4)
    dust = np.clip(0.75 + 0.55 * warp(fbm(H, W, 190, 43, 7, 0.58, 1.6), wx * 40, wy * 40), 0.1, 2)
    beam = cone * below * dust / (0.35 + np.clip(t, 0, 2) * 1.7)
    img += (beam * 0.16)[..., None] * rgb([1, 0.84, 0.62])
    r = np.random.default_rng(8)
    motes = [
        (a, b, "#ffe2b8", r.uniform(0.05, 0.5) ** 1.5)
        for a, b in r.uniform((0.3, 0), (1.15, 0.8), (2600, 2))
        if abs(-(a - lx) * ax[1] + (b - ly) * ax[0])
        < 0.018 + 0.19 * (((a - lx) * ax[0] + (b - ly) * ax[1]) / ln)
    ]
    sparks(img, motes, 1.0)
    bokeh(img, [(a, b, c_, s * 0.09, 4) for a, b, c_, s in motes[::9]])
    # Seats of the stalls in the dark foreground.
    for row in range(3):
        by_ = 0.915 + row * 0.04
        s = 0.05 + 0.014 * row

        def seats(dr: ImageDraw.ImageDraw, u: float) -> None:
            q = -0.05 + (row % 2) * s * 0.6
            while q < 1.55:
                dr.rounded_rectangle(
                    [q * u, by_ * u, (q + s * 1.08) * u, (by_ + 0.12) * u],
                    radius=0.016 * u,
                    fill=255,
                )
                q += s * 1.2

        sm = blur(stencil(H, W, seats), 1.2 + row)
        top = np.clip(sm - np.roll(blur(sm, 2), 5 + row, 0), 0, 1)
        img = mix(img, rgb("#0a0405") * 0.5, sm)
        img += (top * np.exp(-(((x - 0.84) / 0.5) ** 2)) * 0.07)[..., None] * rgb("#ff9a6a")
    img = bloom(img, 0.3, (6, 30, 110))
    return develop(img, 1.7, "#0a0a1e", (1.03, 1, 0.95), 1.06, 0.95, 0.4, 0.018, 0.012, 31)


def reading_room() -> Array:
    """A library at night: shelves, long tables, green lamps in a row."""
    r = np.random.default_rng(17)
    m = Model()
    m.quad([-9, 0, -4], [0, 0, 60], [18, 0, 0], "#4a3020", 1)
    m.quad([-9, 9, -4], [18, 0, 0], [0, 0, 60], "#3a2c22", 2)
    for s in (-1, 1):
        m.quad([s * 6.2, 0, -4], [0, 9, 0], [0, 0, 60], "#5a3c26", 3)
        m.box([min(s * 5.2, s * 6.2), 4.1, -4], [max(s * 5.2, s * 6.2), 4.25, 56], "#5f3f26", 5)
        m.box([s * 5.22 - 0.03, 4.95, -4], [s * 5.22 + 0.03, 5.02, 56], "#8f6a2f", 5)
        for z in np.arange(-3, 56, 0.35):
            m.box([s * 5.22 - 0.012, 4.25, z], [s * 5.22 + 0.012, 4.95, z + 0.024], "#3b2a1c", 5)
        for z in np.arange(-2, 56, 4):
            m.box(
                [min(s * 5.6, s * 6.2), 0, z - 0.14],
                [max(s * 5.6, s * 6.2), 9, z + 0.14],
                "#6b4629",
                5,
            )
    m.quad([-9, 0, 50], [0, 9, 0], [18, 0, 0], "#6b4e36", 6)
    lamps = []
    for s in (-1, 1):
        for k in range(13):
            z0 = 0.6 + k * 3.8
            tx = s * 2.35
            m.box([tx - 0.85, 0.74, z0], [tx + 0.85, 0.8, z0 + 3.1], "#6b3f22", 4)
            for a in (-0.75, 0.75):
                for zz in (0.1, 2.95):
                    m.box(
                        [tx + a - 0.05, 0, z0 + zz - 0.05],
                        [tx + a + 0.05, 0.74, z0 + zz + 0.05],
                        "#3b2414",
                        5,
                    )
            for zz in (0.75, 2.35):
                z = z0 + zz
                m.spun(
                    [tx, 0.8, z],
                    [(0.11, 0), (0.11, 0.02), (0.02, 0.05), (0.018, 0.36)],
                    "#b08a3c",
                    7,
                    14,
                )
                m.spun(
                    [tx, 1.1, z],
                    [(0.235, 0), (0.225, 0.05), (0.14, 0.13), (0.04, 0.16), (0.01, 0.17)],
                    "#0f7a45",
                    8,
                    26,
                )
                lamps.append((tx, 1.08, z))
            for a in (-1.15, 1.15):
                for zz in (0.8, 2.3):
                    if r.random() < 0.85:
                        cz, cx = z0 + zz, tx + a
                        m.box([cx - 0.2, 0.44, cz - 0.2], [cx + 0.2, 0.48, cz + 0.2], "#4a2c18", 5)
                        back = cx + np.sign(a) * 0.2
                        m.box(
                            [back - 0.02, 0, cz - 0.2], [back + 0.02, 0.95, cz - 0.16], "#4a2c18", 5
                        )
                        m.box(
                            [back - 0.02, 0, cz + 0.16], [back + 0.02, 0.95, cz + 0.2], "#4a2c18", 5
                        )
                        m.box(
                            [back - 0.02, 0.75, cz - 0.2],
                            [back + 0.02, 0.95, cz + 0.2],
                            "#4a2c18",
                            5,
                        )
            for _ in range(5):
                bx, bz = tx + r.uniform(-0.65, 0.65), z0 + r.uniform(0.2, 2.9)
                m.box(
                    [bx - 0.1, 0.8, bz - 0.14],
                    [bx + 0.1, 0.8 + r.uniform(0.01, 0.09), bz + 0.14],
                    ["#d9cfb4", "#6b2a22", "#2f3f36", "#b59a68", "#e3dbc6"][r.integers(5)],
                    5,
                    r.uniform(-0.5, 0.5),
                )
    h, w = int(H * K), int(W * K)
    cam = Camera([-0.55, 1.85, -2.2], [0.1, 2.35, 12], 0.98, h, w)
    hit = see(m, cam)
    p, n = hit.place, hit.normal
    foot = hit.depth / (1100 * K)
    lt = np.zeros_like(p)
    for a in lamps:
        if a[2] > 34:
            continue
        down = step(1.12 - p[..., 1], -0.03, 0.12)
        lt += (diffuse(hit, a) * 0.85 * (0.10 + 0.90 * down))[..., None] * rgb("#ffc884")
    up = np.exp(-np.abs(p[..., 1] - 3.0) / 3)
    lt += up[..., None] * rgb("#ffb870") * 0.16
    moon = np.clip(-n[..., 2], 0, 1) * 0.1 + np.clip(n[..., 1], 0, 1) * 0.06 + 0.03
    lt += moon[..., None] * rgb("#7fa0d8") * 0.6
    ao = crevices(hit, 0.6, 60 * K, 1.2)
    wall = hit.kind == 3
    z, v = p[..., 2], p[..., 1]
    shelf = v / 0.40
    book = z / 0.055 + np.floor(shelf) * 37.3
    j = np.floor(book)
    h1 = ((np.sin(j * 12.9898 + np.floor(shelf) * 4.1 + np.sign(p[..., 0])) * 43758.5) % 1).astype(
        F
    )
    h2 = ((np.sin(j * 39.3 + 2) * 24634.6) % 1).astype(F)
    spine = ramp(
        h1,
        [
            (0, "#5d1f1a"),
            (0.2, "#8c6a3a"),
            (0.4, "#2f3b2c"),
            (0.55, "#6b4426"),
            (0.7, "#20293a"),
            (0.85, "#a08a5c"),
            (1, "#3f1d1a"),
        ],
    )
    fy, fz = shelf % 1, book % 1
    tall = 0.62 + 0.26 * h2
    far = step(foot, 0.012, 0.05)
    shape = np.where((fy > 0.09) & (fy < tall), 1 - 0.5 * np.abs(fz - 0.5) * 2 * (1 - far), 0.10)
    gilt = (np.abs(fy - 0.62 * tall) < 0.03) | (np.abs(fy - 0.3) < 0.015)
    spine = np.where((gilt & (h2 > 0.4))[..., None], rgb("#d0a552"), spine)
    wood = rgb("#5a3a22") * np.ones_like(p)
    books = np.where((fy < 0.09)[..., None], wood, spine * shape[..., None])
    col = np.where(
        (wall & (np.abs((z / 4 + 0.5) % 1 - 0.5) < 0.44) & (v < 8.2))[..., None], books, hit.colour
    )
    grain = plane_noise(p[..., 0] * 3, p[..., 2] * 0.35, foot, 4, 2, 5, 0.65)
    table = hit.kind == 4
    col *= np.where(table | (hit.kind == 1), 1 + 0.16 * grain, 1)[..., None]
    planks = (hit.kind == 1) & (np.abs((p[..., 0] / 0.14) % 1 - 0.5) > 0.47) & (foot < 0.02)
    col *= np.where(planks, 0.6, 1)[..., None]
    coffer = (hit.kind == 2) & (
        (np.abs((p[..., 0] / 1.6) % 1 - 0.5) > 0.42) | (np.abs((z / 2) % 1 - 0.5) > 0.43)
    )
    col *= np.where(coffer, 1.8, 0.8)[..., None]
    img = col * lt * ao[..., None]
    glass = hit.kind == 8
    img = np.where(
        glass[..., None],
        rgb("#128048") * (0.22 + 0.4 * step(1.24 - v, 0, 0.14))[..., None]
        + np.clip(n[..., 1] - 0.75, 0, 1)[..., None] * 0.5,
        img,
    )
    img = np.where(
        (hit.kind == 7)[..., None],
        rgb("#c9973f") * (0.12 + np.clip(n[..., 0], 0, 1) * 0.5)[..., None],
        img,
    )
    end = hit.kind == 6
    ax = np.abs(((p[..., 0] + 4.5) / 3.0) % 1 - 0.5) * 3.0
    arch = (
        end
        & (ax < 1.0)
        & (v > 1.8)
        & (v < 6.6 + np.sqrt(np.clip(1 - ax**2, 0, 1)))
        & (np.abs(p[..., 0]) < 4.5)
    )
    bars = (np.abs((p[..., 0] / 0.5) % 1 - 0.5) > 0.45) | (np.abs((v / 0.6) % 1 - 0.5) > 0.46)
    img = np.where(
        arch[..., None],
        mix(rgb("#3f5f94"), rgb("#8fb0d8"), step(v, 2, 8)) * np.where(bars, 0.12, 0.9)[..., None],
        img,
    )
    # Polished tables and floor throw the lamps back.
    mir = see(m.mirrored(0.8), cam)
    mp = mir.place
    my = 1.6 - mp[..., 1]
    glow_m = np.where((mir.kind == 8)[..., None], rgb("#1f9a55") * 0.6, 0) + np.where(
        ((mir.kind == 8) & (my < 1.14))[..., None], rgb("#ffd79a") * 1.6, 0
    )
    glow_m = blur(glow_m.astype(F), (7, 2.5))
    img += np.where(
        (table & (n[..., 1] > 0.5))[..., None], glow_m * (0.35 + 0.06 * grain[..., None]), 0
    )
    air = 1 - np.exp(-np.clip(hit.depth, 0, 70) / 55)
    img = mix(img, rgb("#7d6a4c") * 0.16 + rgb("#5f7fb8") * 0.05, air * 0.75)
    img = resize(img, H, W)
    big = Camera(cam.at, [0.1, 2.35, 12], 0.98, H, W)
    x_, y_, z_ = big.project(np.array(lamps))
    for a, b, c in zip(x_, y_, z_, strict=False):
        if c > 1.2:
            sparks(
                img,
                [(float(a) / H, float(b) / H + 0.008 / c, "#fff0cf", 2.2)],
                max(1.0, 16 / float(c)),
            )
            sparks(
                img,
                [(float(a) / H, float(b) / H + 0.12 / c, "#ffcf8a", 0.12)],
                max(3.0, 110 / float(c)),
            )
    img = defocus(img, resize(np.minimum(hit.depth, 120), H, W), 7.5, 9)
    img = bloom(img, 0.35, (6, 26, 100))
    return develop(img, 2.6, "#06122a", (1.03, 1, 0.95), 1.06, 0.95, 0.45, 0.016, 0.012, 32)


def printing_press() -> Array:
    """Rollers and a racing web of paper in the warm light of a press hall."""
    m = Model()
    m.quad([-14, -3.2, -3], [0, 0, 30], [28, 0, 0], "#2b2723", 1)
    m.quad([-14, -3.2, 20], [0, 14, 0], [28, 0, 0], "#3a302a", 1)
    steel, _dark, rubber = "#a8a49c", "#3b3a39", "#2a2320"
    rolls = [
        (-1.1, 0.4, 1.05, steel),
        (0.75, 2.1, 0.62, rubber),
        (2.0, 3.6, 0.5, steel),
        (-1.2, 3.8, 0.8, rubber),
        (0.1, 5.6, 1.2, steel),
        (2.1, 6.1, 0.55, steel),
        (2.4, 9.0, 0.8, steel),
        (0.0, 9.6, 1.1, rubber),
        (3.3, 12.5, 0.7, steel),
    ]
    for y0, z0, rad, c in rolls:
        m.spun(
            [-4.2, y0, z0],
            [(0.12, -0.9), (0.12, 0), (rad, 0.001), (rad, 8.4), (0.12, 8.401), (0.12, 9.4)],
            c,
            2 if c == steel else 3,
            56,
            0,
        )
    for s in (-4.75, 4.3):
        for z0, z1 in ((-0.6, 1.6), (3.2, 7.2), (8.6, 11.0)):
            m.box([s, -3.2, z0], [s + 0.42, 4.6 if z0 > 0 else 2.4, z1], "#39463f", 4)
        m.box([s - 0.02, 3.2, -1], [s + 0.44, 3.55, 14], "#46524b", 4)
    path = [
        (-2.4, -2.5),
        (-0.05, 0.3),
        (1.37, 2.05),
        (1.5, 3.6),
        (2.65, 6.1),
        (3.2, 9.0),
        (2.6, 12.5),
        (2.7, 19.5),
    ]
    run = [0.0]
    for (ya, za), (yb, zb) in itertools.pairwise(path):
        m.quad([-3.5, ya, za], [7.0, 0, 0], [0, yb - ya, zb - za], "#e0d6c2", 10 + len(run) - 1)
        run.append(run[-1] + float(np.hypot(yb - ya, zb - za)))
    m.box([-3.9, 4.75, 5.0], [3.9, 4.85, 5.25], "#ffffff", 6)
    m.box([-3.9, 5.2, 11.0], [3.9, 5.3, 11.25], "#ffffff", 6)
    for k in range(16):
        m.box(
            [-4.6 - 0.06 * (k % 3), -1.5 + 0.3 * k, 3.25],
            [-4.78, -1.42 + 0.3 * k, 6.8],
            "#5f5a50",
            4,
        )
    h, w = int(H * K), int(W * K)
    cam = Camera([-6.9, 3.35, -4.6], [0.5, 1.0, 5.0], 1.25, h, w)
    hit = see(m, cam)
    p, n = hit.place, hit.normal
    foot = hit.depth / (1200 * K)
    lt = rgb([0.02, 0.024, 0.03]) * np.ones_like(p)
    for kk in np.linspace(-3.5, 3.5, 6):
        lt += (diffuse(hit, [kk, 4.6, 4.2]) * 1.9)[..., None] * rgb("#ffd09a")
        lt += (diffuse(hit, [kk, 5.1, 10.6]) * 2.4)[..., None] * rgb("#ffc68c")
    lt += (diffuse(hit, [-8, 5.5, -3.0]) * 6)[..., None] * rgb("#ffd9a8")
    lt += (diffuse(hit, [9, 4.0, 2.0]) * 9)[..., None] * rgb("#5f8fd0")
    ao = crevices(hit, 0.9, 80 * K, 1.3)
    col = hit.colour.copy()
    view = p - cam.at.astype(F)
    view /= np.linalg.norm(view, axis=-1, keepdims=True)
    rv = view - 2 * (view * n).sum(-1, keepdims=True) * n
    metal = hit.kind == 2
    rub = hit.kind == 3
    # Brushed metal mirrors a simple world: warm strips above, dark below, cool side.
    streak = plane_noise(p[..., 0], np.full(foot.shape, 3.0, F), foot, 8, 5, 4, 0.7)
    elev = rv[..., 1] + 0.012 * streak
    env = ramp(
        elev,
        [
            (-1, "#120f0d"),
            (-0.2, "#1d1814"),
            (0.1, "#4a3626"),
            (0.32, "#6b4a2c"),
            (0.42, "#ffd9a0"),
            (0.5, "#ffe9c8"),
            (0.58, "#7a5330"),
            (0.8, "#2a211b"),
            (1, "#171310"),
        ],
    )
    env = env + np.clip(rv[..., 0], 0, 1)[..., None] ** 3 * rgb("#4f7fc0") * 0.5
    ends = metal & (np.abs(n[..., 0]) > 0.8)
    img = col * lt * ao[..., None]
    img = np.where(
        (metal & ~ends)[..., None],
        env * 0.75 * (0.45 + 0.55 * ao[..., None]) * (1 + 0.06 * streak[..., None]) + img * 0.25,
        img,
    )
    img = np.where(rub[..., None], img + env * 0.12 * (1 + 0.08 * streak[..., None]), img)
    paint_gloss = hit.kind == 4
    img = np.where(paint_gloss[..., None], img + env * 0.05, img)
    # Printed columns on the web, drawn out by the speed.
    for k in range(len(path) - 1):
        on = hit.kind == 10 + k
        if not on.any():
            continue
        s = run[k] + hit.v * (run[k + 1] - run[k])
        u = hit.u * 7.0
        pageno = np.floor(u / 1.75)
        inpage = (u / 1.75) % 1
        page = step(-np.abs(inpage - 0.5), -0.45, -0.435)
        column = np.floor(inpage * 5)
        gutter = step(np.abs((inpage * 5) % 1 - 0.5), 0.40, 0.46)
        turn = (s / 2.6 + pageno * 0.31) % 1

        def band(lo: float, hi: float) -> Array:
            return step(turn, lo - 0.05, lo + 0.05) * (1 - step(turn, hi - 0.05, hi + 0.05))

        fine = plane_noise(u, s * 0.02, np.full(u.shape, 0.012, F), 41, 9, 3, 0.7)
        text = page * (1 - gutter) * (0.27 + 0.035 * fine)
        head_line = page * band(0.08, 0.16) * (inpage < 0.75) * (0.62 + 0.12 * fine)
        pick = ((column >= 1 + pageno % 2) & (column <= 2 + pageno % 2)).astype(F)
        photo = page * band(0.3, 0.62) * pick
        tone = 0.5 + 0.22 * plane_noise(u, s * 0.12, np.full(u.shape, 0.012, F), 47, 1.3, 4, 0.6)
        ink = np.maximum(np.maximum(text, head_line) * (1 - photo), photo * tone)
        paper = mix(rgb("#ece4d3"), rgb("#1f1d1c"), np.clip(ink, 0, 0.9))
        paper = mix(paper, rgb("#a83424"), 0.7 * page * band(0.0, 0.05) * (pageno % 2 == 1))
        through = np.full(u.shape, 0.10, F)
        front = paper * (lt * (0.35 + 0.65 * ao[..., None]) + through[..., None] * rgb("#ffc98a"))
        img = np.where(on[..., None], front, img)
    img = np.where((hit.kind == 6)[..., None], rgb("#ffe2b4") * 5, img)
    air = 1 - np.exp(-np.clip(hit.depth, 0, 60) / 26)
    img = mix(img, rgb("#8a6a4a") * 0.13, air * 0.65)
    img = resize(img, H, W)
    depth = resize(np.minimum(hit.depth, 60), H, W)
    img = defocus(img, depth, 7.6, 38)
    x, y = coords()
    r = np.random.default_rng(5)
    mist = np.clip(0.5 + 0.6 * fbm(H, W, 240, 6, 6, 0.55), 0, 1.5) * np.exp(
        -np.hypot((x - 0.85), (y - 0.12) * 1.2) * 2.4
    )
    img += (mist * 0.07)[..., None] * rgb("#ffc88f")
    bokeh(
        img,
        [
            (
                r.uniform(0.2, 1.5),
                r.uniform(0, 0.9),
                "#ffd9a0",
                r.uniform(0.01, 0.05),
                r.uniform(3, 9),
            )
            for _ in range(70)
        ],
    )
    img = bloom(img, 0.35, (6, 30, 110))
    return develop(img, 1.5, "#081226", (1.03, 1, 0.95), 1.08, 0.95, 0.5, 0.016, 0.01, 33)


SCENES = {
    "printing-press": printing_press,
    "court-columns": court_columns,
    "theatre-stage": theatre_stage,
    "reading-room": reading_room,
}
