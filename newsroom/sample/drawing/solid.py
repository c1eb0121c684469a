"""A small renderer for scenes made of flat faces: depth, shadow, occlusion.

World axes: x right, y up, z away from the camera as a rule. A face is a
parallelogram (corner, two edges) or a triangle, with optional smooth normals.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np

from .light import Array, Colour, F, resize, rgb


class Camera:
    """A perspective camera; lens is the focal length in picture heights."""

    def __init__(self, at, to, lens: float, h: int, w: int, shift: float = 0.0) -> None:
        self.at = np.asarray(at, np.float64)
        f = np.asarray(to, np.float64) - self.at
        self.f = f / np.linalg.norm(f)
        r = np.cross([0, 1, 0] if abs(self.f[1]) < 0.99 else [0, 0, 1], self.f)
        self.r = r / np.linalg.norm(r)
        self.u = np.cross(self.f, self.r)
        self.h, self.w = h, w
        self.sx = (np.arange(w) + 0.5 - w / 2) / h / lens
        self.sy = -((np.arange(h) + 0.5) / h - 0.5 + shift) / lens
        self.lens, self.shift = lens, shift

    def project(self, p) -> tuple[Array, Array, Array]:
        """Pixel x, y and depth of points (..., 3)."""
        v = np.asarray(p, F) - self.at.astype(F)
        z = v @ self.f.astype(F)
        q = np.where(np.abs(z) < 1e-4, 1e-4, z)
        x = (v @ self.r.astype(F)) / q * self.lens * self.h + self.w / 2 - 0.5
        y = (0.5 - self.shift - (v @ self.u.astype(F)) / q * self.lens) * self.h - 0.5
        return x, y, z

    def rays(self) -> Array:
        """Ray per pixel, of forward length one."""
        d = self.f + self.sx[None, :, None] * self.r + self.sy[:, None, None] * self.u
        return d.astype(F)


@dataclass
class Hits:
    """What each pixel sees: face number (-1 none), depth and place on the face."""

    face: np.ndarray
    depth: Array
    u: Array
    v: Array
    place: Array
    normal: Array
    colour: Array
    kind: np.ndarray


@dataclass
class Model:
    """A list of faces with colour and kind (a number the scene gives meaning to)."""

    o: list = field(default_factory=list)
    a: list = field(default_factory=list)
    b: list = field(default_factory=list)
    tri: list = field(default_factory=list)
    n: list = field(default_factory=list)
    colour: list = field(default_factory=list)
    kind: list = field(default_factory=list)

    def quad(self, o, a, b, colour: Colour, kind: int = 0, normals=None, tri: bool = False) -> None:
        """Add a face: corner o, edges a and b; normals at o, o+a, o+b if smooth."""
        o, a, b = (np.asarray(p, np.float64) for p in (o, a, b))
        if normals is None:
            n = np.cross(a, b)
            n = n / max(np.linalg.norm(n), 1e-12)
            normals = (n, n, n)
        self.o.append(o), self.a.append(a), self.b.append(b), self.tri.append(tri)
        self.n.append([np.asarray(k, F) for k in normals])
        self.colour.append(rgb(colour)), self.kind.append(kind)

    def box(self, lo, hi, colour: Colour, kind: int = 0, turn: float = 0.0) -> None:
        """Add a box from corner lo to corner hi, turned about its upright axis."""
        lo, hi = np.asarray(lo, float), np.asarray(hi, float)
        c, (dx, dy, dz) = (lo + hi) / 2, hi - lo
        ca, sa = np.cos(turn), np.sin(turn)
        ex, ez = np.array([ca, 0, sa]) * dx, np.array([-sa, 0, ca]) * dz
        ey = np.array([0, dy, 0.0])
        p = c - (ex + ey + ez) / 2
        self.quad(p, ey, ex, colour, kind)
        self.quad(p + ez, ex, ey, colour, kind)
        self.quad(p, ez, ey, colour, kind)
        self.quad(p + ex, ey, ez, colour, kind)
        self.quad(p + ey, ez, ex, colour, kind)
        self.quad(p, ex, ez, colour, kind)

    def spun(
        self, centre, profile, colour: Colour, kind: int = 0, sides: int = 28, axis: int = 1
    ) -> None:
        """Add a turned body: profile of (radius, height) about an axis through centre."""
        c = np.asarray(centre, float)
        # Which world axes carry the sine, the cosine and the height of the profile.
        i, j, k = {0: (1, 2, 0), 1: (2, 0, 1), 2: (0, 1, 2)}[axis]
        ang = np.linspace(0, 2 * np.pi, sides + 1)

        def at(r: float, y: float, t: float) -> np.ndarray:
            p = np.zeros(3)
            p[i], p[j], p[k] = r * np.sin(t), r * np.cos(t), y
            return c + p

        for (r0, y0), (r1, y1) in itertools.pairwise(profile):
            ny = r0 - r1
            nr = y1 - y0
            for t0, t1 in itertools.pairwise(ang):
                p00, p10, p01, p11 = at(r0, y0, t0), at(r0, y0, t1), at(r1, y1, t0), at(r1, y1, t1)
                n0, n1 = (np.array(at(nr, ny, t)) - c for t in (t0, t1))
                n0, n1 = n0 / (np.linalg.norm(n0) + 1e-9), n1 / (np.linalg.norm(n1) + 1e-9)
                if abs(r0 - r1) < 1e-9:
                    self.quad(p00, p10 - p00, p01 - p00, colour, kind, (n0, n1, n0))
                else:
                    if r0 > 1e-6:
                        self.quad(p00, p10 - p00, p01 - p00, colour, kind, (n0, n1, n0), True)
                    if r1 > 1e-6:
                        self.quad(p11, p01 - p11, p10 - p11, colour, kind, (n1, n0, n1), True)

    def mirrored(self, floor: float = 0.0) -> Model:
        """The same faces below a mirror at height floor."""
        m = Model()
        s = np.array([1, -1, 1.0])
        m.o = [p * s + [0, 2 * floor, 0] for p in self.o]
        m.a, m.b = [p * s for p in self.a], [p * s for p in self.b]
        m.n = [[k * s.astype(F) for k in n] for n in self.n]
        m.tri, m.colour, m.kind = self.tri, self.colour, self.kind
        return m


def scan(model: Model, cam: Camera, near: float = 0.05) -> tuple[np.ndarray, Array, Array, Array]:
    """Nearest face, depth, u and v of every pixel."""
    h, w = cam.h, cam.w
    face = np.full((h, w), -1, np.int32)
    depth = np.full((h, w), 1e9, F)
    us, vs = np.zeros((h, w), F), np.zeros((h, w), F)
    for i, (o, a, b, tri) in enumerate(zip(model.o, model.a, model.b, model.tri, strict=False)):
        px, py, pz = cam.project(np.array([o, o + a, o + b, o + a + b if not tri else o]))
        if pz.max() < near:
            continue
        if pz.min() < near:
            x0, x1, y0, y1 = 0, w, 0, h
        else:
            x0, x1 = max(int(px.min()), 0), min(int(px.max()) + 2, w)
            y0, y1 = max(int(py.min()), 0), min(int(py.max()) + 2, h)
        if x0 >= x1 or y0 >= y1:
            continue
        n = np.cross(a, b)
        nn = n @ n
        if nn < 1e-18:
            continue
        e = o - cam.at
        sx, sy = cam.sx[x0:x1][None], cam.sy[y0:y1][:, None]
        den = (n @ cam.f + sx * (n @ cam.r)) + sy * (n @ cam.u)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = ((n @ e) / den).astype(F)
        da, db = np.cross(b, n) / nn, np.cross(n, a) / nn
        u = t * ((da @ cam.f + sx * (da @ cam.r)) + sy * (da @ cam.u)).astype(F) - F(da @ e)
        v = t * ((db @ cam.f + sx * (db @ cam.r)) + sy * (db @ cam.u)).astype(F) - F(db @ e)
        here = depth[y0:y1, x0:x1]
        ok = (t > near) & (t < here) & (u >= 0) & (v >= 0)
        ok &= (u + v <= 1.0005) if tri else (u <= 1) & (v <= 1)
        here[ok] = t[ok]
        face[y0:y1, x0:x1][ok] = i
        us[y0:y1, x0:x1][ok] = u[ok]
        vs[y0:y1, x0:x1][ok] = v[ok]
    return face, depth, us, vs


def see(model: Model, cam: Camera) -> Hits:
    """Everything the shading needs, per pixel."""
    face, depth, u, v = scan(model, cam)
    place = cam.at.astype(F) + cam.rays() * np.minimum(depth, 1e5)[..., None]
    ns = np.array(model.n, F)
    k = np.maximum(face, 0)
    n = ns[k, 0] + (ns[k, 1] - ns[k, 0]) * u[..., None] + (ns[k, 2] - ns[k, 0]) * v[..., None]
    n /= np.linalg.norm(n, axis=-1, keepdims=True) + 1e-6
    back = (n * (place - cam.at.astype(F))).sum(-1) > 0
    n[back] *= -1
    colour = np.array(model.colour, F)[k]
    kind = np.where(face < 0, -1, np.array(model.kind)[k])
    return Hits(face, depth, u, v, place, n, colour, kind)


def unshadowed(
    place: Array, normal: Array, lamp: Camera, depth: Array, bias: float, soft: float, seed: int = 0
) -> Array:
    """How much of a lamp (a camera's depth map) reaches each place, 0..1."""
    x, y, z = lamp.project(place + normal * bias)
    r = np.random.default_rng(seed)
    taps = 10
    total = np.zeros(z.shape, F)
    spin = r.random(z.shape).astype(F) * 6.2832
    for k in range(taps):
        rad = soft * np.sqrt((k + 0.5) / taps)
        a = spin + k * 2.39996
        ix = np.clip(x + np.cos(a) * rad, 0, lamp.w - 1).astype(np.int32)
        iy = np.clip(y + np.sin(a) * rad, 0, lamp.h - 1).astype(np.int32)
        total += z < depth[iy, ix] + bias
    return total / taps


def crevices(hits: Hits, reach: float, px: float, strength: float = 1.0) -> Array:
    """Ambient occlusion from the neighbours of each pixel, 0 dark .. 1 open."""
    h, w = hits.depth.shape
    p, n = hits.place[::2, ::2], hits.normal[::2, ::2]
    total = np.zeros(p.shape[:2], F)
    count = 0
    for ring, steps in ((0.15, 5), (0.4, 6), (1.0, 7)):
        for k in range(steps):
            a = k * 6.2832 / steps + ring * 5
            s = (int(np.sin(a) * px * ring / 2), int(np.cos(a) * px * ring / 2))
            q = np.roll(p, s, (0, 1)) - p
            d = np.linalg.norm(q, axis=-1) + 1e-4
            total += np.clip((q * n).sum(-1) / d - 0.12, 0, 1) / (1 + (d / reach) ** 2)
            count += 1
    ao = np.clip(1 - strength * 2.2 * total / count, 0, 1)
    return resize(ao, h, w)


def diffuse(hits: Hits, lamp) -> Array:
    """Lambert term and inverse square for a point lamp at unit power."""
    v = np.asarray(lamp, F) - hits.place
    d2 = (v * v).sum(-1)
    return np.clip((hits.normal * v).sum(-1), 0, None) / np.sqrt(d2 + 1e-4) / (d2 + 0.05)
