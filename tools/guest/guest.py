# SPDX-License-Identifier: GPL-2.0-only
"""A guest that is driven from here: its sspi-drive, its shell, its end.

The guest runs tools/guest/serve.sh. Both services are forwarded to free ports
of the loopback; 10.0.2.2 is this machine's loopback in the guest.
"""
import atexit
import os
import socket
import subprocess
import sys
import time

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(TOOLS, "drive"))
from driver import Drive  # noqa: E402

HOST = "10.0.2.2"


def free_ports(count):
    """Ports that nobody listens on now."""
    held = []
    for _ in range(count):
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        held.append(s)
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


class RemoteDrive(Drive):
    """sspi-drive --kernel in a guest; what it says on stderr stays there."""

    def __init__(self, port):  # pylint: disable=super-init-not-called
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.file = self.sock.makefile("rwb")

    def raw(self, line):
        self.file.write(line + b"\n")
        self.file.flush()
        answer = self.file.readline()
        if not answer:
            raise EOFError("sspi-drive in the guest is gone")
        return self.answer(answer)

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_WR)
            while self.file.readline():
                pass
        except OSError:
            pass
        self.file.close()
        self.sock.close()
        return 0, ""


class Guest:
    """Boots at construction: KERNEL and INITRD as for boot.sh, its console in LOG.

    DOORS are more ports of the guest to forward; `ports` says where to.
    """

    def __init__(self, kernel, initrd, log, doors=(), timeout=900):
        self.log = log
        if os.path.exists(log):
            os.unlink(log)  # of an earlier guest
        doors = (9000, 9001, *doors)
        self.ports = dict(zip(doors, free_ports(len(doors))))
        # the device of --net, with doors
        net = ",".join(["user,id=n0"] + [f"hostfwd=tcp:127.0.0.1:{outer}-:{inner}"
                                          for inner, outer in self.ports.items()])
        self.proc = subprocess.Popen(
            [os.path.join(TOOLS, "qemu/boot.sh"), "--kernel", kernel, "--initrd", initrd, "--log", log,
             "--mem", "1G", "--timeout", str(timeout), "--append", "slab_debug=F", "--",
             "-netdev", net, "-device", "virtio-net-pci,netdev=n0,romfile="],
            start_new_session=True)
        atexit.register(self.kill)
        self.wait("serve.sh: the host may come in")

    def kill(self):
        """Whatever happens here, the guest does not stay behind."""
        if self.proc.poll() is None:
            # timeout(1) has made a group of its own, but the session is ours
            subprocess.run(["pkill", "-KILL", "-s", str(self.proc.pid)], check=False)

    def console(self):
        try:
            with open(self.log, encoding="utf-8", errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def wait(self, text, seconds=400):
        """Waits until the console has TEXT."""
        end = time.monotonic() + seconds
        while text not in self.console():
            if self.proc.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the guest never said '{text}', see {self.log}")
            time.sleep(0.2)

    def drive(self):
        return RemoteDrive(self.ports[9000])

    def sh(self, command, check=True):
        """What a command of the guest's shell prints."""
        with socket.create_connection(("127.0.0.1", self.ports[9001])) as s:
            s.sendall(f"{{ {command}\n}} 2>&1; echo \"rc=$?\"\n".encode())
            s.shutdown(socket.SHUT_WR)
            text = b""
            while chunk := s.recv(65536):
                text += chunk
        out, _, rc = text.decode(errors="replace").rpartition("rc=")
        if check and rc.strip() != "0":
            raise AssertionError(f"{command}: {out.strip()}")
        return out

    def end(self):
        """Shuts it down; its exit status, which a kernel report does not change."""
        try:
            self.sh("touch /tmp/end")
        except OSError:
            pass
        return self.proc.wait()
