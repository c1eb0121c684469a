"""Portraits: heads modelled as soft solids, lit from behind and one side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .light import (
    Array,
    Colour,
    F,
    bloom,
    blur,
    brush,
    coords,
    develop,
    fbm,
    mix,
    noise,
    resize,
    rgb,
    step,
)

SIZE = 1200


def ball(p: Array, centre, radii) -> Array:
    """Distance to an ellipsoid, near enough for marching."""
    c, r = np.asarray(centre, F), np.asarray(radii, F)
    q = (p - c) / r
    k = np.sqrt((q * q).sum(-1))
    return (k - 1) * r.min() * (0.6 + 0.4 * np.clip(k, 0, 1))


def rod(p: Array, a, b, ra: float, rb: float) -> Array:
    """Distance to a rod with round ends, its radius going from ra to rb."""
    a, b = np.asarray(a, F), np.asarray(b, F)
    d = b - a
    t = np.clip(((p - a) @ d) / (d @ d), 0, 1)
    v = p - a - t[..., None] * d
    return np.sqrt((v * v).sum(-1)) - (ra + (rb - ra) * t)


def melt(a: Array, b: Array, k: float) -> Array:
    """Join two solids with a soft seam."""
    t = np.clip(0.5 + 0.5 * (b - a) / k, 0, 1)
    return b + (a - b) * t - k * t * (1 - t)


@dataclass
class Sitter:
    """What tells one sitter from another."""

    turn: float
    nod: float
    hair: str
    hair_colour: Colour
    skin: Colour
    coat: Colour
    rim: Colour
    key: Colour
    back: tuple[Colour, Colour]
    glasses: bool = False
    beard: bool = False
    side: int = 1
    fill: float = 0.12
    seed: int = 1


def head(p: Array, s: Sitter) -> tuple[Array, Array]:
    """Distance to the sitter and the kind of the nearest part (0 skin, 1 hair, 2 coat, 3 frame)."""
    ca, sa = np.cos(s.turn), np.sin(s.turn)
    q = p - np.array([0, 0.25, 0], F)
    cn, sn = np.cos(s.nod), np.sin(s.nod)
    x, z = q[..., 0] * ca - q[..., 2] * sa, q[..., 0] * sa + q[..., 2] * ca
    y, z = q[..., 1] * cn - z * sn, q[..., 1] * sn + z * cn
    h = np.stack([x, y, z], -1)
    m = np.stack([np.abs(x), y, z], -1)
    # The face looks towards -z.
    d = ball(h, (0, 0.16, 0.06), (0.40, 0.46, 0.50))
    d = melt(d, ball(h, (0, -0.08, -0.10), (0.31, 0.42, 0.36)), 0.10)
    d = melt(d, ball(h, (0, -0.375, -0.275), (0.13, 0.10, 0.15)), 0.12)
    d = melt(d, rod(m, (0.24, -0.06, 0.0), (0.09, -0.36, -0.24), 0.10, 0.07), 0.10)
    d = melt(d, ball(m, (0.21, -0.05, -0.30), (0.10, 0.08, 0.09)), 0.09)
    d = melt(d, rod(m, (0.05, 0.125, -0.445), (0.22, 0.12, -0.36), 0.030, 0.026), 0.055)
    d = -melt(-d, ball(m, (0.145, 0.045, -0.475), (0.085, 0.055, 0.075)), 0.06)
    d = melt(d, ball(m, (0.145, 0.04, -0.375), (0.066, 0.046, 0.06)), 0.018)
    d = melt(d, rod(h, (0, 0.08, -0.455), (0, -0.085, -0.545), 0.026, 0.036), 0.05)
    d = melt(d, ball(m, (0.042, -0.10, -0.49), (0.034, 0.028, 0.042)), 0.03)
    d = melt(d, rod(m, (0, -0.205, -0.475), (0.085, -0.215, -0.425), 0.024, 0.012), 0.028)
    d = melt(d, rod(m, (0, -0.250, -0.465), (0.070, -0.243, -0.43), 0.027, 0.014), 0.026)
    d = -melt(-d, rod(m, (0, -0.228, -0.515), (0.09, -0.229, -0.46), 0.008, 0.004), 0.018)
    d = melt(d, ball(m, (0.395, 0.0, 0.06), (0.045, 0.11, 0.075)), 0.025)
    d = melt(d, rod(p, (0, -0.02, 0.12), (0, -0.52, 0.18), 0.20, 0.23), 0.09)
    kind = np.zeros(d.shape, np.int8)

    def put(e: Array, k: int, soft: float = 0.0) -> None:
        nonlocal d, kind
        kind = np.where(e < d, k, kind).astype(np.int8)
        d = melt(d, e, soft) if soft else np.minimum(d, e)

    front = h[..., 2]
    cap = ball(h, (0, 0.20, 0.09), (0.445, 0.49, 0.53))
    if s.hair == "bob":
        fringe = 0.47 + 0.10 * np.abs(x) - 0.55 * step(np.abs(x), 0.12, 0.42)
        cut = np.maximum(cap, -(y - fringe) * 0.8 * (front < -0.15) + (front >= -0.15) * -1)
        put(cut, 1, 0.02)
        put(rod(m, (0.40, 0.12, 0.08), (0.40, -0.34, 0.02), 0.10, 0.13), 1, 0.03)
        put(rod(h, (0, 0.1, 0.34), (0, -0.32, 0.30), 0.26, 0.24), 1, 0.05)
    elif s.hair == "short":
        line = 0.40 - 0.22 * step(front, -0.30, 0.05) - 0.4 * step(front, 0.0, 0.25)
        put(np.maximum(cap + 0.012, -(y - line) * 0.8), 1, 0.02)
        put(ball(h, (0.02, 0.50, -0.08), (0.33, 0.15, 0.33)), 1, 0.08)
    else:
        line = (
            0.40 + 0.15 * np.abs(x) - 0.34 * step(front, -0.32, 0.08) - 0.4 * step(front, 0.1, 0.3)
        )
        put(np.maximum(cap, -(y - line) * 0.8), 1, 0.02)
        put(ball(h, (0, 0.22, 0.66), (0.19, 0.20, 0.17)), 1, 0.07)
    if s.beard:
        put(
            np.maximum(
                melt(
                    ball(h, (0, -0.30, -0.22), (0.235, 0.17, 0.235)),
                    rod(m, (0.30, -0.02, 0.0), (0.16, -0.30, -0.2), 0.055, 0.09),
                    0.08,
                ),
                y + 0.17 - 0.30 * step(front, -0.22, 0.0),
            ),
            1,
            0.05,
        )
    if s.glasses:
        ring = (
            np.sqrt(
                (np.sqrt(((m[..., 0] - 0.155) / 1.1) ** 2 + (y - 0.035) ** 2) - 0.098) ** 2
                + (z + 0.49 - 0.25 * (m[..., 0] - 0.1)) ** 2
            )
            - 0.0125
        )
        put(ring, 3)
        put(rod(m, (0.262, 0.055, -0.45), (0.41, 0.06, 0.0), 0.011, 0.011), 3)
        put(rod(m, (0, 0.05, -0.52), (0.05, 0.045, -0.51), 0.010, 0.010), 3)
    pm = np.stack([np.abs(p[..., 0]), p[..., 1], p[..., 2]], -1)
    body = rod(pm, (0.12, -0.66, 0.2), (0.70, -0.84, 0.22), 0.22, 0.26)
    body = melt(body, ball(p, (0, -1.35, 0.18), (0.98, 0.85, 0.46)), 0.15)
    put(body, 2, 0.01)
    collar = np.abs(ball(p, (0, -0.40, 0.12), (0.33, 0.16, 0.32))) - 0.030
    collar = np.maximum(
        collar,
        p[..., 1] + 0.36 + 0.25 * (p[..., 2] < -0.05) * np.clip(0.14 - np.abs(p[..., 0]), 0, 1),
    )
    put(collar, 2, 0.04)
    return d, kind


def portrait(s: Sitter) -> Array:
    """March the solid, light it like a studio, finish it with a dry brush."""
    n = 640
    yy, xx = np.mgrid[0:n, 0:n].astype(F)
    px, py = (xx + 0.5) / n * 2 - 1, 1 - (yy + 0.5) / n * 2
    eye = np.array([0, 0.08, -4.6], F)
    ray = np.stack([px * 0.205, py * 0.205 - 0.004, np.ones_like(px)], -1)
    ray /= np.linalg.norm(ray, axis=-1, keepdims=True)
    flat = ray.reshape(-1, 3)
    t = np.full(len(flat), 3.4, F)
    live = np.arange(len(flat))
    for _ in range(46):
        d, _k = head(eye + flat[live] * t[live, None], s)
        t[live] += d * 0.85
        live = live[(d > 0.0015) & (t[live] < 6.2)]
        if not len(live):
            break
    seen = t < 6.1
    idx = np.nonzero(seen)[0]
    pos = eye + flat[idx] * t[idx, None]
    e = 0.006
    k = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], F)
    normal = sum(v * head(pos + v * e, s)[0][:, None] for v in k)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-9
    kind = head(pos, s)[1]
    np.random.default_rng(s.seed)

    def reach(direction: Array, k_: float, far: float = 1.3) -> Array:
        """Soft shadow towards a light."""
        light = np.ones(len(pos), F)
        a = np.full(len(pos), 0.03, F)
        for _ in range(16):
            d = head(pos + normal * 0.012 + direction * a[:, None], s)[0]
            light = np.minimum(light, np.clip(0.5 + 0.5 * k_ * d / a, 0, 1))
            a += np.clip(d, 0.02, 0.14)
        return light * light * (3 - 2 * light)

    def unit(*v: float) -> Array:
        a = np.array(v, F)
        return a / np.linalg.norm(a)

    key_d, rim_d, rim2_d = (
        unit(s.side * 0.95, 0.42, -0.42),
        unit(-s.side * 0.85, 0.5, 0.72),
        unit(s.side * 0.5, 0.75, 0.8),
    )
    view = -flat[idx]
    # Strands: fine noise drawn along the fall of the hair.
    full = np.zeros(n * n, F)
    strands = (noise(n, n, 2.2, 40, s.seed) + 0.7 * noise(n, n, 5, 90, s.seed + 1)).reshape(-1)[idx]
    weave = (noise(n, n, 2.5, 2.5, s.seed + 2) + fbm(n, n, 40, s.seed + 3, 4) * 0.6).reshape(-1)[
        idx
    ]
    skin_n = (fbm(n, n, 14, s.seed + 4, 4, 0.6)).reshape(-1)[idx]
    hair = kind == 1
    nh = normal.copy()
    nh[hair, 0] += strands[hair] * 0.30
    coat = kind == 2
    nh[coat] += (weave[coat] * 0.10)[:, None] * np.array([1, 0.6, 0], F)
    nh += (skin_n * 0.035 * (kind == 0))[:, None] * np.array([1, 1, 0], F)
    nh /= np.linalg.norm(nh, axis=-1, keepdims=True)
    base = np.select(
        [(kind == 0)[:, None], hair[:, None], coat[:, None]],
        [rgb(s.skin), rgb(s.hair_colour), rgb(s.coat)],
        rgb("#14100e"),
    )
    base = (
        base
        * np.where(hair, 0.85 + 0.3 * strands, np.where(coat, 1 + 0.12 * weave, 1 + 0.05 * skin_n))[
            :, None
        ]
    )
    y = pos[:, 1]

    def lit(d: Array, wrap: float) -> Array:
        return np.clip((nh @ d + wrap) / (1 + wrap), 0, 1)

    def gloss(d: Array, p: float) -> Array:
        hv = d + view
        hv /= np.linalg.norm(hv, axis=-1, keepdims=True)
        return np.clip((nh * hv).sum(-1), 0, 1) ** p

    edge = np.clip(1 - (nh * view).sum(-1), 0, 1)
    ks, rs, rs2 = reach(key_d, 7), reach(rim_d, 10), reach(rim2_d, 8)
    warm = np.where(kind == 0, 0.22, 0.05)
    out = base * (lit(key_d, 0.12) * ks)[:, None] * rgb(s.key) * s.fill * 1.9
    out += (
        (warm * np.clip(lit(key_d, 0.5) - lit(key_d, 0.12), 0, 1) * ks)[:, None]
        * base
        * rgb("#ff6a40")
        * 1.2
        * s.fill
    )
    out += base * (lit(rim_d, 0.05) * rs)[:, None] * rgb(s.rim) * 5.0
    out += base * (lit(rim2_d, 0.05) * rs2)[:, None] * rgb(s.key) * 1.6
    out += (edge**3 * rs * lit(rim_d, 0.3))[:, None] * rgb(s.rim) * 1.3
    shine = np.where(kind == 0, 0.10, np.where(hair, 0.16, np.where(coat, 0.02, 0.6)))
    out += (shine * s.fill * gloss(key_d, 18) * ks)[:, None] * rgb(s.key) + (
        shine * 1.6 * gloss(rim_d, 10) * rs
    )[:, None] * rgb(s.rim)
    ao = np.clip(head(pos + normal * 0.10, s)[0] / 0.10, 0.15, 1)
    out += base * (ao * (0.5 + 0.4 * normal[:, 1]))[:, None] * rgb(s.back[0]) * 0.30
    out *= (0.35 + 0.65 * ao)[:, None]
    out *= (0.35 + 0.65 * step(y, -1.1, -0.35))[:, None]
    img = np.zeros((n * n, 3), F)
    img[idx] = out
    full[idx] = 1
    mask = resize(full.reshape(n, n), SIZE, SIZE)
    img = resize(img.reshape(n, n, 3), SIZE, SIZE)
    x, y2 = coords(SIZE, SIZE)
    # A painted backdrop with a soft pool of light behind the shadow side.
    cloud = fbm(SIZE, SIZE, 420, s.seed + 9, 6, 0.5)
    pool = np.exp(-np.hypot(x - 0.5 - s.side * 0.22, (y2 - 0.40) * 0.9) * 2.6)
    back = mix(
        rgb(s.back[0]) * 0.16,
        rgb(s.back[1]) * 0.95,
        np.clip(pool + 0.16 * cloud * (0.3 + pool), 0, 1),
    )
    back = brush(back, s.seed + 20, 24, 160) * (
        1 + 0.05 * fbm(SIZE, SIZE, 8, s.seed + 12, 3, 0.7, 2)[..., None]
    )
    # Loose hair softens the outline where hair meets the backdrop.
    soft = blur(mask, 1.2)
    img = back * (1 - soft[..., None]) + img * (soft / np.maximum(mask, 0.02))[..., None].clip(0, 1)
    stroke = brush(img, s.seed + 30, 7, 46)
    detail = img - blur(img, 5)
    img = np.maximum(mix(img, stroke, 0.72) + detail * 0.12, 0)
    canvas = (
        noise(SIZE, SIZE, 3, 2.4, s.seed + 40) * 0.5
        + fbm(SIZE, SIZE, 9, s.seed + 41, 3, 0.7, 2.5) * 0.5
    )
    img *= (1 + 0.035 * canvas)[..., None]
    img = bloom(img, 0.2, (6, 30, 90))
    return develop(img, 1.7, s.back[0], (1.02, 1, 0.96), 1.06, 0.92, 0.45, 0.014, 0.012, s.seed)


def sitter(**kw) -> Callable[[], Array]:
    """A scene drawing one sitter."""
    return lambda: portrait(Sitter(**kw))


SCENES = {
    "portrait-ilse": sitter(
        turn=1.05,
        nod=0.06,
        hair="bun",
        hair_colour="#8d8a88",
        skin="#b98a6c",
        coat="#22303d",
        rim="#ffb56b",
        key="#9fc0e8",
        back=("#10202c", "#5d8290"),
        side=-1,
        fill=0.055,
        seed=3,
    ),
    "portrait-daniel": sitter(
        turn=1.30,
        nod=0.05,
        hair="short",
        hair_colour="#1c1512",
        skin="#8a5a40",
        coat="#3a2d22",
        rim="#a5cfe6",
        key="#ffc489",
        back=("#1c1410", "#8f6440"),
        beard=True,
        side=-1,
        fill=0.055,
        seed=5,
    ),
    "portrait-mara": sitter(
        turn=-1.2,
        nod=-0.03,
        hair="bob",
        hair_colour="#3a1d14",
        skin="#c0937a",
        coat="#3f1a1c",
        rim="#ffd9a8",
        key="#e8b890",
        back=("#161a16", "#73806a"),
        side=1,
        fill=0.05,
        seed=8,
    ),
}
