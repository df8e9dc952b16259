#!/usr/bin/env python3
"""Makes a Gymnasium environment an environment of PlaNet.

    planet train --experiment quickstart --set task.name=pendulum \
        --set "task.command=python3 clients/python/planet_gymnasium.py Pendulum-v1"

It speaks the protocol planet-environment/1 (docs/environments.md) on standard input and output, and needs nothing but gymnasium, whose
arrays are numpy's. docs/gymnasium.md describes the options. As a module: serve(Adapter(environment, control_steps=200)).
"""

import argparse
import ast
import functools
import json
import os
import re
import sys

import gymnasium
import numpy as np
from gymnasium import spaces

PROTOCOL = "planet-environment/1"
MOST_CHOICES = 1024


class Unusable(Exception):
    """The environment cannot be used as it is; the message says why, and what to do."""


class Adapter:
    """An environment whose actions are vectors of bounded numbers or one of several choices, and whose observations are an image and named
    vectors.

    environment    an environment with the render mode "rgb_array", or with images as observations
    control_steps  longest episode, in steps of the environment; the adapter truncates episodes that are longer
    repeat         steps for which one action is repeated; their rewards are summed
    size           height and width of the image; 0 for none
    image          "render"; "observation", which is an image; the key of an image in a Dict observation; or "auto": the observation if it
                   is an image, otherwise the rendered frame
    bound          limit of action numbers that have none
    info           keys of numbers in info that are recorded as states; 0 where a step has no such key
    """

    def __init__(self, environment, control_steps, repeat=1, size=64, image="auto", bound=None, info=()):
        self.environment = environment
        self.control_steps, self.repeat, self.size, self.info = control_steps, repeat, size, tuple(info)
        self.action, self.to_action = actions(environment.action_space, bound)
        images = dict(parts(environment.observation_space, is_image))
        if image == "auto":
            image = "observation" if "observation" in images else "render"
        if image != "render" and image not in images:
            known = ", ".join(["render", *images])
            raise Unusable(f"--image {image}: there is no such image: give one of {known}")
        self.see = None if image == "render" else images[image]
        self.states = {plain(name): read for name, read in parts(environment.observation_space, is_vector)}
        if size == 0 and not self.states and not self.info:
            raise Unusable("--size 0: the environment has no vectors to observe instead of an image: give a size, such as 64")
        self.steps = 0
        self.observation, self.infos = None, {}

    def reset(self, seed):
        self.observation, self.infos = self.environment.reset(seed=seed)
        self.steps = 0
        return self.encode()

    def step(self, action):
        chosen = self.to_action(action)
        reward, terminated, truncated = 0.0, False, False
        for _ in range(self.repeat):
            self.observation, earned, terminated, truncated, self.infos = self.environment.step(chosen)
            reward += float(earned)
            self.steps += 1
            truncated = bool(truncated) or self.steps >= self.control_steps
            if terminated or truncated:
                break
        # PlaNet takes an episode as terminated or truncated, not both: nothing can follow a terminal state.
        return reward, bool(terminated), truncated and not terminated, self.encode()

    def encode(self):
        body = b""
        if self.size:
            body = square(self.frame(), self.size).tobytes()
        return body + b"".join(vector.astype("<f4").tobytes() for vector in self.vectors().values())

    def frame(self):
        if self.see is not None:
            return np.asarray(self.see(self.observation))
        frame = self.environment.render()
        if frame is None:
            raise Unusable('render() returned nothing: make the environment with render_mode="rgb_array"')
        return np.asarray(frame)

    def vectors(self):
        found = {name: np.asarray(read(self.observation), dtype=np.float64).reshape(-1) for name, read in self.states.items()}
        for key in self.info:
            found[plain(f"info_{key}")] = np.asarray(self.infos.get(key, 0), dtype=np.float64).reshape(-1)
        for name, vector in found.items():
            if not np.isfinite(vector).all():
                raise Unusable(f"the state {name} is {vector.tolist()}: it must be finite")
        return found

    def description(self, task):
        """The first message. Plays a reset, because only an observation shows how long the vectors are."""
        self.reset(seed=0)
        return {
            "protocol": PROTOCOL,
            "task": task,
            "action": self.action,
            "image": {"height": self.size, "width": self.size} if self.size else None,
            "states": [{"name": name, "size": int(vector.size)} for name, vector in self.vectors().items()],
            "control_steps": self.control_steps,
            "action_repeat": self.repeat,
            "terminates": True,
        }


def actions(space, bound=None):
    """What is announced of the actions, and the function from what is received to an action of the space."""
    if isinstance(space, spaces.Discrete):
        first, count = int(getattr(space, "start", 0)), int(space.n)
        if not 2 <= count <= MOST_CHOICES:
            raise Unusable(
                f"the actions are a Discrete of {count}: it must have 2 to {MOST_CHOICES} choices: wrap the environment in one that has as many")
        return {"choices": count}, lambda choice: first + choice
    low, high, from_numbers = bounds(space, bound)
    return {"low": low, "high": high}, lambda numbers: from_numbers(np.asarray(numbers, dtype=np.float64))


def bounds(space, bound):
    """Bounds of the numbers of an action, and the function from numbers to an action of the space."""
    if isinstance(space, spaces.MultiDiscrete):
        counts = [int(n) for n in np.asarray(space.nvec).reshape(-1)]
        ends = np.cumsum(counts)[:-1]
        shape = np.asarray(space.nvec).shape

        def choices(numbers):
            return np.asarray([int(np.argmax(part)) for part in np.split(numbers, ends)]).reshape(shape)

        return [0.0] * sum(counts), [1.0] * sum(counts), choices
    if isinstance(space, spaces.MultiBinary):
        shape = tuple(np.atleast_1d(space.n))
        count = int(np.prod(shape))
        return [0.0] * count, [1.0] * count, lambda numbers: (numbers > 0.5).astype(np.int8).reshape(shape)
    if isinstance(space, spaces.Box):
        low, high = (np.asarray(end, dtype=np.float64).reshape(-1) for end in (space.low, space.high))
        if bound is not None:
            low, high = np.maximum(low, -bound), np.minimum(high, bound)
        # The protocol has 32-bit floats, and some spaces write "no limit" as the largest of them.
        largest = float(np.finfo(np.float32).max)
        if not (np.abs(low).max() < largest and np.abs(high).max() < largest):
            raise Unusable(f"the actions have no finite limits: give one with --bound, such as --bound 1")
        return low.tolist(), high.tolist(), lambda numbers: numbers.astype(space.dtype).reshape(space.shape)
    raise Unusable(
        f"the actions are a {type(space).__name__}: they must be a Box, Discrete, MultiDiscrete or MultiBinary: wrap the environment in one that has such "
        "actions"
    )


def is_image(space):
    return isinstance(space, spaces.Box) and space.dtype == np.uint8 and len(space.shape) == 3 and space.shape[2] in (1, 3)


def is_vector(space):
    if isinstance(space, spaces.Box):
        return len(space.shape) <= 1
    return isinstance(space, (spaces.Discrete, spaces.MultiDiscrete, spaces.MultiBinary))


def parts(space, wanted, name="observation", read=lambda observation: observation):
    """Names of the wanted parts of an observation, each with the function that reads it."""
    if isinstance(space, spaces.Dict):
        for key, part in space.spaces.items():
            yield from parts(part, wanted, str(key), lambda observation, key=key: read(observation)[key])
    elif isinstance(space, spaces.Tuple):
        for i, part in enumerate(space.spaces):
            yield from parts(part, wanted, f"{name}_{i}", lambda observation, i=i: read(observation)[i])
    elif wanted(space):
        yield name, read


def plain(name):
    """The name with _ for each character that the name of a state may not have."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name)


def square(frame, size):
    """The frame in the middle of a square of the size, on black, with the mean colour of the area of each pixel. uint8, [size, size, 3]."""
    if frame.ndim == 2:
        frame = frame[:, :, None]
    if frame.ndim != 3 or frame.shape[2] not in (1, 3, 4) or frame.dtype != np.uint8:
        raise Unusable(f"a frame is {frame.dtype} {list(frame.shape)}: it must be uint8 [height, width, 3]")
    frame = np.repeat(frame, 3, axis=2) if frame.shape[2] == 1 else frame[:, :, :3]
    height, width = frame.shape[:2]
    if (height, width) == (size, size):
        return np.ascontiguousarray(frame)
    scale = size / max(height, width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    down, across = areas(height, rows), areas(width, columns)
    means = np.einsum("ih,hwc,jw->ijc", down, frame.astype(np.float32), across, optimize=True)
    result = np.zeros((size, size, 3), dtype=np.uint8)
    top, left = (size - rows) // 2, (size - columns) // 2
    result[top:top + rows, left:left + columns] = np.clip(np.rint(means), 0, 255).astype(np.uint8)
    return result


@functools.lru_cache
def areas(before, after):
    """Weight of each of the pixels before in each of those after, [after, before]; each row sums to 1."""
    edges = np.arange(after + 1) * (before / after)
    pixels = np.arange(before)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    weights = np.clip(overlap, 0, None)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def serve(adapter, task="gymnasium", requests=None, answers=None):
    """Answers requests until the input ends or asks to close. requests and answers are binary streams, standard input and output unless
    given; then whatever the environment prints goes to standard error."""
    requests = requests or sys.stdin.buffer
    answers = answers or protect_output()

    def send(head, body=b""):
        answers.write(json.dumps(head, allow_nan=False).encode() + b"\n" + body)
        answers.flush()

    send(adapter.description(task))
    for line in requests:
        request = json.loads(line)
        if request["do"] == "close":
            break
        try:
            if request["do"] == "reset":
                body = adapter.reset(request["seed"])
                head = {"bytes": len(body)}
            else:
                reward, terminated, truncated, body = adapter.step(request["action"])
                if not np.isfinite(reward):
                    raise Unusable(f"the reward is {reward}: it must be finite")
                head = {"bytes": len(body), "reward": reward, "terminated": terminated, "truncated": truncated}
        except Exception as failure:  # whatever the simulator raises ends the episode, not the run
            send({"error": f"{type(failure).__name__}: {failure}"[:2000]})
            continue
        send(head, body)
    adapter.environment.close()


def protect_output():
    """A stream to standard output, to which the simulator and its libraries can no longer write."""
    stream = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return stream


def read_options(words):
    parser = argparse.ArgumentParser(description="Serve a Gymnasium environment to planet train (task.command).")
    parser.add_argument("environment", help="id for gymnasium.make, such as Pendulum-v1 or my_module:MyTask-v0")
    parser.add_argument("--size", type=int, default=64, help="height and width of the image, as task.image_size; 0: no image. Default 64")
    parser.add_argument("--repeat", type=int, default=1, help="steps for which an action is repeated. Default 1")
    parser.add_argument("--steps", type=int, help="longest episode in steps; default: the time limit that the environment is registered with")
    parser.add_argument("--image", default="auto", help="render, observation, or the key of an image in the observation")
    parser.add_argument("--bound", type=float, help="limit of actions that have none")
    parser.add_argument("--info", action="append", default=[], metavar="KEY", help="a number of info to record as the state info_KEY")
    parser.add_argument("--make", action="append", default=[], metavar="NAME=VALUE", help="an argument for gymnasium.make, such as g=9.8")
    options = parser.parse_args(words)
    for name, least in (("size", 0), ("repeat", 1), ("steps", 1)):
        value = getattr(options, name)
        if value is not None and value < least:
            parser.error(f"--{name} {value}: must be at least {least}")
    if any("=" not in given for given in options.make):
        parser.error("--make takes NAME=VALUE")
    return options


def value_of(text):
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def main(words=None):
    options = read_options(words)
    answers = protect_output()
    arguments = {name: value_of(text) for name, text in (given.split("=", 1) for given in options.make)}
    if options.size and options.image in ("auto", "render"):
        arguments.setdefault("render_mode", "rgb_array")
    try:
        environment = gymnasium.make(options.environment, **arguments)
        limit = getattr(getattr(environment, "spec", None), "max_episode_steps", None)
        steps = options.steps or limit
        if steps is None:
            raise Unusable(f"{options.environment} has no time limit: give the longest episode with --steps, such as --steps 1000")
        adapter = Adapter(environment, steps, options.repeat, options.size, options.image, options.bound, options.info)
        serve(adapter, options.environment, answers=answers)
    except Unusable as failure:
        sys.exit(f"planet_gymnasium: {failure}")


if __name__ == "__main__":
    main()
