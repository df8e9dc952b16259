#!/usr/bin/env python3
"""Makes a Gymnasium environment an environment of PlaNet.

    planet train --experiment quickstart --set task.name=pendulum \
        --set "task.command=python3 clients/python/planet_gymnasium.py Pendulum-v1"

It speaks the protocol planet-environment/1 (docs/environments.md) on standard input and output, or for clients on other machines at an
address (--listen), and needs nothing but gymnasium, whose arrays are numpy's. docs/gymnasium.md describes the options. As a module:
serve(Adapter(environment, control_steps=200)).
"""

import argparse
import ast
import functools
import ipaddress
import json
import os
import re
import select
import socket
import ssl
import subprocess
import sys
import threading

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
    channels       3 for red, green and blue, or 1 for grey
    image          "render"; "observation", which is an image; the key of an image in a Dict observation; or "auto": the observation if it
                   is an image, otherwise the rendered frame
    bound          limit of action numbers that have none
    info           keys of numbers in info that are recorded as states; 0 where a step has no such key
    """

    def __init__(self, environment, control_steps, repeat=1, size=64, channels=3, image="auto", bound=None, info=()):
        if hasattr(environment, "single_action_space"):
            raise Unusable("the environment is a vector of several: give one of them; PlaNet starts as many as it needs")
        self.environment = environment
        self.control_steps, self.repeat, self.size, self.channels, self.info = control_steps, repeat, size, channels, tuple(info)
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
            body = square(self.frame(), self.size, self.channels).tobytes()
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
            "image": {"height": self.size, "width": self.size, "channels": self.channels} if self.size else None,
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


def square(frame, size, channels=3):
    """The frame in the middle of a square of the size, on black, with the mean colour of the area of each pixel. uint8, [size, size,
    channels]."""
    if frame.ndim == 2:
        frame = frame[:, :, None]
    if frame.ndim != 3 or frame.shape[2] not in (1, 3, 4) or frame.dtype != np.uint8:
        raise Unusable(f"a frame is {frame.dtype} {list(frame.shape)}: it must be uint8 [height, width, 3]")
    frame = coloured(frame, channels)
    height, width = frame.shape[:2]
    if (height, width) == (size, size):
        return np.ascontiguousarray(frame)
    scale = size / max(height, width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    down, across = areas(height, rows), areas(width, columns)
    means = np.einsum("ih,hwc,jw->ijc", down, frame.astype(np.float32), across, optimize=True)
    result = np.zeros((size, size, channels), dtype=np.uint8)
    top, left = (size - rows) // 2, (size - columns) // 2
    result[top:top + rows, left:left + columns] = np.clip(np.rint(means), 0, 255).astype(np.uint8)
    return result


def coloured(frame, channels):
    """The frame, uint8 [height, width, 1, 3 or 4], with so many channels: grey is the luma of ITU-R BT.601; opacity is dropped."""
    if channels == 1 and frame.shape[2] > 1:
        return ((frame[:, :, :3].astype(np.int32) @ np.array([299, 587, 114], dtype=np.int32) + 500) // 1000).astype(np.uint8)[:, :, None]
    return np.repeat(frame, 3, axis=2) if channels == 3 and frame.shape[2] == 1 else frame[:, :, :channels]


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


def endpoint(text):
    """Host and port of HOST:PORT, where an IPv6 address is in brackets."""
    host, colon, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or not bare or ":" in host and bare == host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise Unusable(f"--listen {text}: write HOST:PORT, as in 127.0.0.1:4712, node1:4712 or [fd00::1]:4712")
    return bare, int(port)


def is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def security(options, host):
    """The TLS of all connections, for which both ends need a certificate of the authority; None without certificates."""
    given = [options.certificate, options.authority]
    if not any(given) and not options.key and not options.password_file:
        if is_loopback(host):
            return None
        raise Unusable(
            f"--listen {options.listen}: other machines can reach it, so it needs TLS: make certificates with `planet cluster certificates "
            "--pem`, and give --certificate and --authority"
        )
    if not all(given):
        raise Unusable("--certificate and --authority must be given together")
    try:
        password = open(options.password_file, encoding="utf-8").readline().rstrip("\r\n") if options.password_file else ""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # Without a password, OpenSSL would ask for that of an encrypted key.
        context.load_cert_chain(options.certificate, options.key, password)
        context.load_verify_locations(options.authority)
        context.verify_mode = ssl.CERT_REQUIRED
        return context
    except (OSError, ValueError) as failure:
        raise Unusable(
            f"the certificate {options.certificate} with the authority {options.authority} cannot be used ({failure}): make them with "
            "`planet cluster certificates --pem`, and give the password of an encrypted key with --password-file"
        ) from failure


def listen(options, command):
    """Serves every connection with a process of its own: the command, which speaks the protocol on its standard input and output."""
    host, port = endpoint(options.listen)
    context = security(options, host)
    try:
        server = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as failure:
        raise Unusable(f"--listen {options.listen}: {failure}") from failure
    with server:
        shown = f"[{host}]" if ":" in host else host
        say(f"listening on {shown}:{server.getsockname()[1]} {'with' if context else 'without'} TLS")
        while True:
            connection, peer = server.accept()
            threading.Thread(target=serve_connection, args=(connection, peer, context, command), daemon=True).start()


def say(text):
    print(f"planet_gymnasium: {text}", file=sys.stderr, flush=True)


def serve_connection(connection, peer, context, command):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # The death of the other machine is noticed within a minute.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 5)):
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    if context:
        try:
            connection.settimeout(30)
            connection = context.wrap_socket(connection, server_side=True)
        except OSError as failure:
            connection.close()
            say(f"refused {peer[0]}: {failure}")
            return
    with connection:
        program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            relay(connection, program)
        except OSError as failure:
            say(f"lost {peer[0]}: {failure}")
        finally:
            end(program)


def relay(connection, program):
    """Copies requests and answers until one side ends. One thread alone uses the connection, because TLS allows no more."""
    outer, inner = socket.socketpair()

    def forward():
        with inner:
            try:
                while chunk := program.stdout.read1(65536):
                    inner.sendall(chunk)
            except OSError:
                pass  # the connection has ended

    threading.Thread(target=forward, daemon=True).start()
    with outer:
        while True:
            waiting = isinstance(connection, ssl.SSLSocket) and connection.pending() > 0
            ready = [connection] if waiting else select.select([connection, outer], [], [])[0]
            if outer in ready:
                answer = outer.recv(65536)
                if not answer:
                    return
                connection.setblocking(True)
                connection.sendall(answer)
            if connection in ready:
                connection.setblocking(False)
                try:
                    request = connection.recv(65536)
                except (BlockingIOError, ssl.SSLWantReadError):
                    continue  # a message of TLS itself, or a part of one
                if not request:
                    return
                program.stdin.write(request)
                program.stdin.flush()


def end(program):
    """Ends a process by the end of its input, and kills it if it does not end within two seconds."""
    try:
        program.stdin.close()
    except OSError:
        pass  # it has ended
    try:
        program.wait(2)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


def listening_options():
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--listen", metavar="HOST:PORT", help="serve planet train on other machines (task.address); port 0: a free one")
    parser.add_argument("--certificate", metavar="FILE", help="certificate of this machine for TLS, PEM, with its key or without")
    parser.add_argument("--key", metavar="FILE", help="private key of the certificate, if it is in a file of its own")
    parser.add_argument("--authority", metavar="FILE", help="certificate of the authority that signs those of all machines, PEM")
    parser.add_argument("--password-file", metavar="FILE", help="file whose first line is the password of the private key")
    return parser


def read_options(words):
    parser = argparse.ArgumentParser(
        description="Serve a Gymnasium environment to planet train (task.command, or with --listen task.address).",
        parents=[listening_options()],
        allow_abbrev=False,
    )
    parser.add_argument("environment", help="id for gymnasium.make, such as Pendulum-v1 or my_module:MyTask-v0")
    parser.add_argument("--size", type=int, default=64, help="height and width of the image, as task.image_size; 0: no image. Default 64")
    parser.add_argument("--channels", type=int, choices=(1, 3), default=3, help="channels of the image, as task.image_channels. Default 3")
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
    if not options.listen and (options.certificate or options.key or options.authority or options.password_file):
        parser.error("--certificate, --key, --authority and --password-file need --listen")
    return options


def value_of(text):
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def main(words=None):
    words = sys.argv[1:] if words is None else words
    options = read_options(words)
    if options.listen:
        # The words for the processes that serve connections are those that do not tell how to listen.
        try:
            listen(options, [sys.executable, os.path.abspath(__file__), *listening_options().parse_known_args(words)[1]])
        except Unusable as failure:
            sys.exit(f"planet_gymnasium: {failure}")
        except KeyboardInterrupt:
            sys.exit(130)
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
        adapter = Adapter(environment, steps, options.repeat, options.size, options.channels, options.image, options.bound, options.info)
        serve(adapter, options.environment, answers=answers)
    except Unusable as failure:
        sys.exit(f"planet_gymnasium: {failure}")


if __name__ == "__main__":
    main()
