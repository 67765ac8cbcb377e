# SPDX-License-Identifier: GPL-2.0-only
"""What is read in keytabs, credential caches and PACs: the parse operation."""
import json
import os
import struct
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../drive"))
from driver import Drive  # noqa: E402

with open(os.path.join(HERE, "../../vectors/data/ccache_marshal.json"), encoding="utf-8") as f:
    V4 = {k: v for k, v in [c for c in json.load(f)["cases"] if c["version"] == 4][0].items() if k != "version"}

CRED1 = {"client": "testclient@KRBTEST.COM", "server": "test/host@EXAMPLE.COM", "enctype": 17,
         "key": "000102030405060708090a0b0c0d0e0f", "authtime": 11, "starttime": 222, "endtime": 3333,
         "renew_till": 1000000000, "is_skey": False, "flags": 0x40800000, "ticket": b"ticket".hex(),
         "second_ticket": ""}
CRED2 = {"client": "testclient@KRBTEST.COM", "server": "@", "enctype": 23,
         "key": "0f0e0d0c0b0a09080706050403020100", "authtime": 0, "starttime": 0, "endtime": 0,
         "renew_till": 0, "is_skey": True, "flags": 0, "ticket": b"ticket".hex(),
         "second_ticket": b"2ticket".hex()}


def counted(fmt, data):
    return struct.pack(fmt, len(data)) + data


def entry(parts=(b"host", b"a.example"), realm=b"R", kvno=3, wide=None, key=b"k" * 16, more=b"", enctype=17):
    """A keytab entry without its length."""
    out = struct.pack(">H", len(parts)) + counted(">H", realm) + b"".join(counted(">H", p) for p in parts)
    out += struct.pack(">IIBH", 3, 1700000000, kvno & 255, enctype) + counted(">H", key)
    return out + (b"" if wide is None else struct.pack(">I", wide)) + more


def keytab(*entries):
    """Entries; a number is a hole of that many octets."""
    out = b"\x05\x02"
    for e in entries:
        out += struct.pack(">i", -e) + b"\xaa" * e if isinstance(e, int) else counted(">I", e)
    return out


def pac(buffers, version=0):
    """Buffers [(type, bytes)] laid out one after another on 8 octets."""
    at, table, data = 8 + 16 * len(buffers), b"", b""
    for kind, value in buffers:
        table += struct.pack("<IIQ", kind, len(value), at + len(data))
        data += value + bytes(-len(value) % 8)
    return struct.pack("<II", len(buffers), version) + table + data


def client_info(name, when):
    text = name.encode("utf-16-le")
    return struct.pack("<QH", (when + 11644473600) * 10000000, len(text)) + text


SUMS = [(6, struct.pack("<i", 15) + bytes(12)), (7, struct.pack("<i", -138) + bytes(16))]
PAC = [(1, b"logon info"), (10, client_info("user", 1700000000))] + SUMS


class Case(unittest.TestCase):
    def setUp(self):
        self.d = Drive()

    def tearDown(self):
        self.assertEqual(self.d.close(), (0, ""))

    def parse(self, kind, data, **more):
        return self.d.call("parse", kind=kind, data=data if isinstance(data, str) else data.hex(), **more)

    def ok(self, kind, data, **more):
        answer = self.parse(kind, data, **more)
        self.assertEqual(answer.pop("status"), "SEC_E_OK", answer)
        return answer

    def bad(self, kind, data):
        answer = self.parse(kind, data)
        self.assertEqual(answer.pop("status"), "SEC_E_INVALID_TOKEN", (answer, data))
        self.assertEqual(list(answer), ["reason"])

    def truncated(self, kind, data, but=()):
        for size in range(len(data)):
            if size not in but:
                self.bad(kind, data[:size])


class Requests(Case):
    def test_refused(self):
        for line in ({"kind": "nope", "data": ""}, {"kind": "pac"}, {"data": ""}, {"kind": 1, "data": ""},
                     {"kind": "pac", "data": "0"}, {"kind": "pac", "data": "AA"}, {"kind": "pac", "data": "", "x": 1},
                     {"kind": "pac", "data": pac(PAC).hex(), "key": {"enctype": 17}},
                     {"kind": "pac", "data": pac(PAC).hex(), "key": {"enctype": 17, "key": "00"}}):
            answer = self.d.call("parse", id=7, **line)
            self.assertEqual((answer["status"], answer["id"], set(answer)),
                             ("EINVAL", 7, {"status", "id", "error"}), line)
        self.assertEqual(self.parse("pac", pac(PAC), key={"enctype": 1, "key": "00" * 8})["status"], "ENOSYS")


class Ccache(Case):
    def test_samples(self):
        self.assertEqual(self.ok("ccache_cred", V4["cred1"]), CRED1)
        self.assertEqual(self.ok("ccache_cred", V4["cred2"]), CRED2)
        self.assertEqual(self.ok("ccache_princ", V4["principal"]),
                         {"principal": "testclient@KRBTEST.COM", "name_type": 1})
        self.assertEqual(self.ok("ccache", "".join(V4.values())),
                         {"principal": "testclient@KRBTEST.COM", "time_offset": 300, "creds": [CRED1, CRED2]})

    def test_head(self):
        rest = V4["principal"]
        self.assertEqual(self.ok("ccache", "05040000" + rest)["time_offset"], 0)
        self.assertEqual(self.ok("ccache", "0504000c00010008ffffffd800000000" + rest)["time_offset"], -40)
        self.assertEqual(self.ok("ccache", "0504000600990002abcd" + rest)["time_offset"], 0)
        for head in ("", "05", "0504", "0503", "05030000", "0504000c00010007000000000000d431",
                     "0504000100", "0504000b0001000800000000000000", "05040004ffffffff"):
            self.bad("ccache", head + rest)

    def test_settings_are_left_out(self):
        setting = bytes.fromhex(V4["cred1"]).replace(counted(">I", b"EXAMPLE.COM"), counted(">I", b"X-CACHECONF:"))
        whole = V4["header"] + V4["principal"] + setting.hex() + V4["cred2"]
        self.assertEqual(self.ok("ccache", whole)["creds"], [CRED2])

    def test_truncated(self):
        for kind, name in (("ccache_cred", "cred1"), ("ccache_cred", "cred2"), ("ccache_princ", "principal")):
            self.truncated(kind, bytes.fromhex(V4[name]))
            self.bad(kind, V4[name] + "00")
        whole = bytes.fromhex("".join(V4.values()))
        ends = (len(whole) - len(V4["cred2"]) // 2, len(bytes.fromhex(V4["header"] + V4["principal"])))
        self.truncated("ccache", whole, ends)

    def test_names(self):
        def princ(*parts, realm=b"R"):
            return struct.pack(">II", 1, len(parts)) + b"".join(counted(">I", p) for p in (realm, *parts))
        self.assertEqual(self.ok("ccache_princ", princ(b"a/b@c\\", b"\t", realm=b"R/S"))["principal"],
                         "a\\/b\\@c\\\\/\\t@R/S")
        self.assertEqual(self.ok("ccache_princ", princ(b"\xff", realm=b"R"))["principal"], "ff4052")
        self.ok("ccache_princ", princ(*[b"x"] * 8))
        for wrong in (princ(), princ(*[b"x"] * 9), princ(b"a\0b"), princ(b"a", realm=b"\0"),
                      struct.pack(">II", 1, 0xffffffff) + bytes(64)):
            self.bad("ccache_princ", wrong)

    def test_lying_lengths(self):
        whole = bytes.fromhex(V4["cred1"])
        for at in range(len(whole) - 3):
            for lie in (0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff0):
                answer = self.parse("ccache_cred", whole[:at] + struct.pack(">I", lie) + whole[at + 4:])
                self.assertIn(answer["status"], ("SEC_E_OK", "SEC_E_INVALID_TOKEN"))


class Keytab(Case):
    def entries(self, data):
        return self.ok("keytab", data)["entries"]

    def test_one(self):
        self.assertEqual(self.entries(keytab(entry())), [
            {"principal": "host/a.example@R", "name_type": 3, "timestamp": 1700000000, "kvno": 3, "enctype": 17,
             "key": "6b" * 16}])
        self.assertEqual(self.entries(keytab()), [])

    def test_kvno(self):
        for kvno, wide, more, want in ((3, 3, b"", 3), (1, 257, b"", 257), (255, 0, b"", 255), (0, 1 << 31, b"", 1 << 31),
                                       (2, None, b"\0\0\1", 2), (2, 258, b"\0\0\0\1", 258)):
            self.assertEqual(self.entries(keytab(entry(kvno=kvno, wide=wide, more=more)))[0]["kvno"], want)

    def test_holes(self):
        one, two = entry(kvno=1), entry(kvno=2)
        self.assertEqual([e["kvno"] for e in self.entries(keytab(5, one, 200, 1, two, 7))], [1, 2])
        self.assertEqual(len(self.entries(keytab(one) + bytes(64))), 1)
        self.bad("keytab", keytab(one) + bytes(8) + b"\1")
        for size in (0x80000000, 0x80000001, 0x7fffffff, 0xffffff00):
            self.bad("keytab", keytab(one) + struct.pack(">I", size) + bytes(32))

    def test_many(self):
        found = self.entries(keytab(*[entry(kvno=i % 256, wide=i) for i in range(2000)]))
        self.assertEqual([e["kvno"] for e in found][1:], list(range(1, 2000)))

    def test_hostile(self):
        whole = keytab(entry(wide=3))
        self.truncated("keytab", whole, (2,))
        for wrong in (b"\x05\x01" + whole[2:], b"\x05\x04" + whole[2:], keytab(entry(parts=())),
                      keytab(entry(parts=[b"x"] * 9)), keytab(entry(parts=[b"a\0"])), keytab(entry(realm=b"\0")),
                      whole + b"\1", keytab(b"\0")):
            self.bad("keytab", wrong)


class Pac(Case):
    def test_read(self):
        self.assertEqual(self.ok("pac", pac(PAC)), {
            "buffers": [{"type": k, "size": len(v)} for k, v in PAC], "client_name": "user",
            "client_time": 1700000000, "server_checksum": "unchecked", "kdc_checksum": "unchecked"})
        self.assertEqual(self.ok("pac", pac([]))["buffers"], [])
        self.ok("pac", pac(PAC + [(13, b""), (13, b"")]))

    def checksum(self, key, cksumtype, data):
        params = dict(key, cksumtype=cksumtype, usage=17, data=data.hex())
        answer = self.d.call("crypto", name="checksum", params=params)
        if answer["status"] == "ENOSYS":
            self.skipTest("no cryptography of Kerberos in this build")
        return bytes.fromhex(answer["result"])

    def test_checksums(self):
        key, kdc = {"enctype": 17, "key": "11" * 16}, {"enctype": 23, "key": "22" * 16}
        # the order of the buffers is part of what is signed
        for sums in (SUMS, SUMS[::-1]):
            server = self.checksum(key, 15, pac(PAC[:2] + sums))
            values = {6: server, 7: self.checksum(kdc, -138, server)}
            signed = pac(PAC[:2] + [(kind, data[:4] + values[kind]) for kind, data in sums])
            answer = self.ok("pac", signed, key=key, kdc_key=kdc)
            self.assertEqual((answer["server_checksum"], answer["kdc_checksum"]), ("ok", "ok"))
            answer = self.ok("pac", signed, key=dict(key, key="33" * 16))
            self.assertEqual((answer["server_checksum"], answer["kdc_checksum"]), ("bad", "unchecked"))
            at = signed.index(b"logon")
            answer = self.ok("pac", signed[:at] + b"L" + signed[at + 1:], key=key, kdc_key=kdc)
            self.assertEqual((answer["server_checksum"], answer["kdc_checksum"]), ("bad", "ok"))

    def test_hostile(self):
        whole = pac(PAC)
        self.truncated("pac", whole, range(len(whole) - 4, len(whole)))
        for count in (5, 64, 65, 0x10000000, 0x0fffffff, 0xffffffff):
            self.bad("pac", struct.pack("<I", count) + whole[4:])
        for off in (0, 8, 64, 73, len(whole), 0xfffffff8, 1 << 32, (1 << 64) - 8, (1 << 64) - 16):
            self.bad("pac", whole[:16] + struct.pack("<Q", off) + whole[24:])
        for size in (0xffffffff, 0x7fffffff, len(whole)):
            self.bad("pac", whole[:12] + struct.pack("<I", size) + whole[16:])
        for wrong in (pac(PAC, version=1), pac(PAC + PAC[:1]), pac(PAC + SUMS[:1]), pac(PAC + [PAC[1]]),
                      pac([(10, client_info("x", 0)[:-1])]), pac([(10, struct.pack("<QH", 0, 1) + b"xx")]),
                      pac([(6, struct.pack("<i", 15) + bytes(11))]), pac([(6, struct.pack("<i", 20) + bytes(12))]),
                      pac([(7, b"\0\0")])):
            self.bad("pac", wrong)


if __name__ == "__main__":
    unittest.main()
