#!/usr/bin/env python3
"""Milliseconds from starting a program in a terminal to its prompt: the median of several runs, the first (a cold one) aside.

    scripts/measure-startup.py PROGRAM [REPEATS]
"""
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import termios
import time


def once(program: str) -> float:
    begin = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        os.execv(program, [program])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    screen = b""
    try:
        while b"cohort>" not in screen:
            ready, _, _ = select.select([terminal], [], [], 20)
            if not ready:
                sys.exit(f"{program} showed no prompt: {screen!r}")
            screen += os.read(terminal, 4096)
        return (time.perf_counter() - begin) * 1000
    finally:
        os.kill(process, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(process, 0)


def main() -> None:
    program = sys.argv[1]
    repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    os.environ.setdefault("TERM", "xterm-256color")
    times = [once(program) for _ in range(repeats + 1)][1:]
    print(f"{statistics.median(times):.1f}")


main()
