"""A stand-in for the part of Gymnasium's interface that clients/python/planet_gymnasium.py uses, with environments for its tests."""

import numpy as np

from . import spaces


class Spec:
    def __init__(self, max_episode_steps):
        self.max_episode_steps = max_episode_steps


class Point:
    """A point on a line: terminated at its ends, where the reward is -1. A frame is 40x60, white left of the point."""

    observation_space = spaces.Dict({
        "position": spaces.Box(-1, 1, (1,)),
        "camera": spaces.Box(0, 255, (8, 8, 3), np.uint8),
        "room": spaces.Discrete(3),
    })
    action_space = spaces.Box(-2, 2, (1,))

    def __init__(self, render_mode=None, speed=0.1, loud=False):
        self.render_mode, self.speed, self.loud = render_mode, speed, loud

    def reset(self, *, seed=None, options=None):
        self.position = np.random.default_rng(seed).uniform(-0.5, 0.5)
        return self.observe(), {"distance": abs(self.position)}

    def step(self, action):
        assert action.dtype == np.float32 and action.shape == (1,)
        if self.loud:
            print("a simulator that prints", flush=True)
        self.position += self.speed * float(action[0])
        if np.isnan(self.position):
            raise ValueError("the position is lost")
        out = abs(self.position) >= 1
        return self.observe(), -1.0 if out else 1.0 - abs(self.position), out, False, {"distance": abs(self.position)}

    def observe(self):
        return {"position": np.array([self.position], np.float32), "camera": np.zeros((8, 8, 3), np.uint8), "room": 2}

    def render(self):
        if self.render_mode != "rgb_array":
            return None
        frame = np.zeros((40, 60, 3), np.uint8)
        frame[:, :int((self.position + 1) * 30)] = 255
        return frame

    def close(self):
        pass


class Switch:
    """Actions 5, 6 and 7 add 1, 2 and 3 to a sum, which is the reward; the observation is an image of its brightness. No time limit."""

    observation_space = spaces.Box(0, 255, (32, 32, 1), np.uint8)
    action_space = spaces.Discrete(3, start=5)

    def __init__(self, render_mode=None):
        self.sum = 0

    def reset(self, *, seed=None, options=None):
        self.sum = 0
        return self.observe(), {}

    def step(self, action):
        assert type(action) is int and 5 <= action < 8
        self.sum += action - 4
        return self.observe(), float(self.sum), False, False, {}

    def observe(self):
        return np.full((32, 32, 1), self.sum, np.uint8)

    def render(self):
        raise AssertionError("the observation is the image")

    def close(self):
        pass


class Switches(Switch):
    """Adds the first of two choices plus 1, and ten times the second."""

    action_space = spaces.MultiDiscrete([3, 2])

    def step(self, action):
        self.sum += int(action[0]) + 1 + 10 * int(action[1])
        return self.observe(), float(self.sum), False, False, {}


class Resigned(Switch):
    action_space = spaces.Discrete(1)


class Unlimited(Point):
    action_space = spaces.Box(-np.inf, np.inf, (1,))


class Worded(Point):
    action_space = spaces.Text()


class Vector(Point):
    single_action_space = Point.action_space


def make(name, **arguments):
    kind, limit = {
        "Point-v0": (Point, 20),
        "Switch-v0": (Switch, None),
        "Switches-v0": (Switches, None),
        "Resigned-v0": (Resigned, 3),
        "Unlimited-v0": (Unlimited, 20),
        "Worded-v0": (Worded, 20),
        "Vector-v0": (Vector, 20),
    }[name]
    environment = kind(**arguments)
    environment.spec = Spec(limit)
    return environment
