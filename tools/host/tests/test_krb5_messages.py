# SPDX-License-Identifier: GPL-2.0-only
"""Messages of RFC 4121 on imported contexts: no KDC."""
import unittest

from driver import Drive

KEYS = {17: 16, 18: 32, 19: 16, 20: 32, 25: 16, 26: 32}
FLAGS = ["REPLAY_DETECT", "SEQUENCE_DETECT", "CONFIDENTIALITY", "INTEGRITY"]
SIZES = (0, 1, 15, 16, 17, 4096, 65536)


def pattern(length):
    return bytes(i & 255 for i in range(length)).hex()


class Messages(unittest.TestCase):
    def setUp(self):
        self.drive = Drive()
        self.addCleanup(self.drive.close)

    def pair(self, enctype, flags=None, **more):
        key = bytes(range(KEYS[enctype])).hex()
        return [self.drive.ok("import", package="Kerberos", role=role, enctype=enctype, key=key,
                              flags=FLAGS if flags is None else flags, **more)["ctx"]
                for role in ("initiator", "acceptor")]

    def test_both_ways(self):
        drive = self.drive
        for enctype in KEYS:
            for flags in (FLAGS, FLAGS + ["USED_DCE_STYLE"]):
                a, b = self.pair(enctype, flags, acceptor_subkey=enctype == 18)
                for size in SIZES:
                    m = pattern(size)
                    for x, y in ((a, b), (b, a)):
                        for conf in (True, False):
                            t = drive.ok("wrap", ctx=x, message=m, conf=conf)["token"]
                            r = drive.call("unwrap", ctx=y, token=t)
                            self.assertEqual((r["status"], r.get("message"), r.get("conf")),
                                             ("SEC_E_OK", m, conf))
                        t = drive.ok("sign", ctx=x, message=m)["token"]
                        drive.ok("verify", ctx=y, message=m, token=t)

    def test_buffers(self):
        parts = [{"type": "DATA", "data": pattern(33)},
                 {"type": "DATA", "data": "aa55", "sign_only": True},
                 {"type": "DATA", "data": "beef", "readonly": True},
                 {"type": "DATA", "data": pattern(100)}]
        for enctype in KEYS:
            for flags in (FLAGS, FLAGS + ["USED_DCE_STYLE"]):
                a, b = self.pair(enctype, flags)
                for qop in (0, 0x80000001):
                    sealed = self.drive.ok("encrypt", ctx=a, buffers=parts, qop=qop)["buffers"]
                    plain = self.drive.ok("decrypt", ctx=b, buffers=sealed)
                    self.assertEqual(plain["qop"], qop)
                    self.assertEqual([p["data"] for p in plain["buffers"][1:]],
                                     [p["data"] for p in parts])
                    sealed = self.drive.ok("encrypt", ctx=a, buffers=parts, qop=qop)["buffers"]
                    sealed[2]["data"] = "aa56"
                    bad = self.drive.call("decrypt", ctx=b, buffers=sealed)
                    self.assertEqual(bad["status"], "SEC_E_MESSAGE_ALTERED")
                    sealed[2]["data"] = "aa55"
                    sealed[3]["data"] = "dead"
                    self.drive.ok("decrypt", ctx=b, buffers=sealed)
                whole = self.drive.ok("encrypt", ctx=a, buffers=parts[:1])["buffers"]
                stream = "".join(p["data"] for p in whole)
                plain = self.drive.ok("decrypt", ctx=b,
                                      buffers=[{"type": "STREAM", "data": stream}])
                self.assertEqual(plain["buffers"][-1]["data"], parts[0]["data"])

    def test_any_rotation(self):
        a, b = self.pair(18)
        for rrc in (0, 1, 16, 28, 43, 59, 60, 61, 28 + 65536 // 2, 65535):
            t = bytes.fromhex(self.drive.ok("wrap", ctx=a, message=pattern(32))["token"])
            body = t[16:]
            old = int.from_bytes(t[6:8], "big") % len(body)
            flat = body[old:] + body[:old]
            by = rrc % len(flat)
            moved = flat[len(flat) - by:] + flat[:len(flat) - by]
            token = t[:6] + rrc.to_bytes(2, "big") + t[8:16] + moved
            r = self.drive.ok("unwrap", ctx=b, token=token.hex())
            self.assertEqual(r["message"], pattern(32))

    def altered(self, enctype, make, check):
        """Every bit of a token flipped and every length cut is refused; then it is taken."""
        token = bytes.fromhex(make())
        taken = []
        for i in range(len(token)):
            for bit in (1, 0x80):
                bad = token[:i] + bytes([token[i] ^ bit]) + token[i + 1:]
                if check(bad.hex()) not in ("SEC_E_MESSAGE_ALTERED", "SEC_E_OUT_OF_SEQUENCE"):
                    taken.append((enctype, i, bit))
        for length in range(len(token)):
            if check(token[:length].hex()) == "SEC_E_OK":
                taken.append((enctype, length))
        self.assertEqual(taken, [])
        self.assertEqual(check(token.hex()), "SEC_E_OK")
        self.assertEqual(check(token.hex()), "SEC_E_OUT_OF_SEQUENCE")

    def test_altered(self):
        call = self.drive.call
        for enctype in KEYS:
            a, b = self.pair(enctype)
            m = pattern(41)  # bodies of odd lengths: no other RRC is the same rotation
            self.altered(enctype, lambda: call("sign", ctx=a, message=m)["token"],
                         lambda t: call("verify", ctx=b, message=m, token=t)["status"])
            for conf in (True, False):
                self.altered(enctype, lambda: call("wrap", ctx=a, message=m, conf=conf)["token"],
                             lambda t: call("unwrap", ctx=b, token=t)["status"])

    def test_numbers(self):
        drive = self.drive
        a, b = self.pair(18, ["REPLAY_DETECT", "INTEGRITY"], send_seq=2**32 - 3,
                         recv_seq=2**32 - 3)
        tokens = [drive.ok("sign", ctx=a, message="00")["token"] for _ in range(300)]

        def check(i):
            return drive.call("verify", ctx=b, message="00", token=tokens[i])["status"]
        for i in (0, 5, 3, 140, 139, 13):
            self.assertEqual(check(i), "SEC_E_OK", i)
        for i in (0, 5, 3, 140, 139, 12):
            self.assertEqual(check(i), "SEC_E_OUT_OF_SEQUENCE", i)
        a, b = self.pair(18, ["INTEGRITY"])
        token = drive.ok("sign", ctx=a, message="00")["token"]
        for _ in range(2):
            drive.ok("verify", ctx=b, message="00", token=token)

    def test_old_types(self):
        """RFC 1964 and 4757: both ways, and every bit flipped."""
        call, ok = self.drive.call, self.drive.ok
        des3 = ok("crypto", name="random_to_key",
                  params={"enctype": 16, "data": bytes(range(21)).hex()})["result"]
        for enctype, key in ((23, bytes(range(16)).hex()), (16, des3)):
            a, b = [ok("import", package="Kerberos", role=role, enctype=enctype, key=key)["ctx"]
                    for role in ("initiator", "acceptor")]
            for size in (0, 1, 7, 8, 9, 4096, 65536):
                m = pattern(size)
                for x, y in ((a, b), (b, a)):
                    ok("verify", ctx=y, message=m, token=ok("sign", ctx=x, message=m)["token"])
                    for conf in (True, False):
                        t = ok("wrap", ctx=x, message=m, conf=conf)["token"]
                        self.assertEqual(ok("unwrap", ctx=y, token=t)["message"], m)
            m = pattern(41)
            self.altered(enctype, lambda: call("sign", ctx=a, message=m)["token"],
                         lambda t: call("verify", ctx=b, message=m, token=t)["status"])
            for conf in (True, False):
                self.altered(enctype, lambda: call("wrap", ctx=a, message=m, conf=conf)["token"],
                             lambda t: call("unwrap", ctx=b, token=t)["status"])

    def test_before_the_first_number(self):
        drive = self.drive
        a, _ = self.pair(18, ["REPLAY_DETECT", "INTEGRITY"], send_seq=4)
        _, b = self.pair(18, ["REPLAY_DETECT", "INTEGRITY"], recv_seq=5)
        token = drive.ok("sign", ctx=a, message="00")["token"]
        self.assertEqual(drive.call("verify", ctx=b, message="00", token=token)["status"],
                         "SEC_E_OUT_OF_SEQUENCE")


if __name__ == "__main__":
    unittest.main()
