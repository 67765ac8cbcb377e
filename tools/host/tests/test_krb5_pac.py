# SPDX-License-Identifier: GPL-2.0-only
"""PACs (MS-PAC): signatures, whose they are, and the SIDs in them, by the acceptor."""
import json
import os
import struct
import unittest

import krb5forge as kf
import krb5peer
from driver import Drive
from krb5forge import Forge, authdata, relevant

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "../../vectors/data/pac_windows2003.json"), encoding="utf-8") as f:
    WINDOWS = json.load(f)

IT, LD = "SEC_E_INVALID_TOKEN", "SEC_E_LOGON_DENIED"
SUM_LEN = {12: 20, 15: 12, 16: 12, 17: 16, 18: 16, 19: 16, 20: 24, -138: 16}
SUM_OF = {16: 12, 17: 15, 18: 16, 19: 19, 20: 20, 23: -138, 25: 17, 26: 18}
DOMAIN = "S-1-5-21-1-2-4294967295"


def sid(text):
    parts = text.split("-")
    subs = [int(p) for p in parts[3:]]
    return bytes([int(parts[1]), len(subs)]) + int(parts[2]).to_bytes(6, "big") + struct.pack(f"<{len(subs)}I", *subs)


def ndr_string(value, at, extra=0):
    """(head, deferred) of a RPC_UNICODE_STRING."""
    data = value.encode("utf-16-le")
    head = struct.pack("<HHI", len(data), len(data) + extra, at)
    body = struct.pack("<III", (len(data) + extra) // 2, 0, len(data) // 2) + data
    return head, body + bytes(-len(body) % 4)


def ndr_sid(value):
    raw = value if isinstance(value, bytes) else sid(value)
    return struct.pack("<I", raw[1]) + raw


def ndr_rids(pairs):
    return struct.pack("<I", len(pairs)) + b"".join(struct.pack("<II", *p) for p in pairs)


def logon_info(user=1001, primary=513, groups=((513, 7), (1200, 7)), domain=DOMAIN, extra=(), resource=None,
               resources=(), name="alice", count=None):
    """KERB_VALIDATION_INFO in NDR, MS-PAC 2.5."""
    strings = [ndr_string(s, 0x20004 + 4 * i, 2 * i) for i, s in enumerate((name, "", "", "", "", ""))]
    server, dom = ndr_string("DC", 0x20040, 2), ndr_string("FORGE", 0x20044)
    fixed = bytes(48) + b"".join(h for h, _ in strings) + bytes(4) + struct.pack("<II", user, primary)
    fixed += struct.pack("<II", len(groups) if count is None else count, 0x20050 if groups else 0) + bytes(20)
    fixed += server[0] + dom[0] + struct.pack("<I", 0x20054 if domain else 0) + bytes(40)
    fixed += struct.pack("<II", len(extra), 0x20058 if extra else 0)
    fixed += struct.pack("<III", 0x2005c if resource else 0, len(resources), 0x20060 if resources else 0)
    out = struct.pack("<I", 0x20000) + fixed + b"".join(b for _, b in strings)
    out += ndr_rids(groups) if groups else b""
    out += server[1] + dom[1] + (ndr_sid(domain) if domain else b"")
    if extra:
        out += struct.pack("<I", len(extra)) + b"".join(struct.pack("<II", 0x20100 + i, e[1]) for i, e in enumerate(extra))
        out += b"".join(ndr_sid(e[0]) for e in extra)
    out += (ndr_sid(resource) if resource else b"") + (ndr_rids(resources) if resources else b"")
    out += bytes(-len(out) % 8)
    return struct.pack("<BBHIII", 1, 0x10, 8, 0xcccccccc, len(out), 0) + out


def upn_info(user_sid=None):
    upn, dns, sam = ("alice@forge.test".encode("utf-16-le"), "FORGE.TEST".encode("utf-16-le"),
                     "alice".encode("utf-16-le"))
    parts, at, head = [upn, dns] + ([sam, user_sid] if user_sid else []), 24, b""
    for part in parts[:2]:
        head += struct.pack("<HH", len(part), at)
        at += len(part)
    head += struct.pack("<I", 2 if user_sid else 0)
    for part in parts[2:]:
        head += struct.pack("<HH", len(part), at)
        at += len(part)
    return head + bytes(24 - len(head)) + b"".join(parts)


def client_info(name, when):
    data = name.encode("utf-16-le")
    return struct.pack("<QH", (when + 11644473600) * 10000000, len(data)) + data


class Pac:
    """Buffers in order, signed by a server's and a KDC's key."""

    def __init__(self, forge, buffers=None, name="alice", when=None, key=None, kdc=None, suffix=b"", order=(6, 7, 16, 19)):
        self.forge = forge
        self.key = key or (forge.enctype, forge.key)
        self.kdc = kdc or (18, forge.make_key(18, 55))
        self.types = {6: SUM_OF[self.key[0]], 7: SUM_OF[self.kdc[0]], 16: 16, 19: 16}
        self.buffers = [(1, logon_info())] if buffers is None else list(buffers)
        if name is not None:
            self.buffers.append((10, client_info(name, forge.now if when is None else when)))
        self.buffers += [(n, struct.pack("<i", self.types[n]) + bytes(SUM_LEN[self.types[n]]) + suffix) for n in order]

    def layout(self):
        at, table, data, self.at = 8 + 16 * len(self.buffers), b"", b"", {}
        for kind, value in self.buffers:
            self.at[kind] = at + len(data)
            table += struct.pack("<IIQ", kind, len(value), at + len(data))
            data += value + bytes(-len(value) % 8)
        return bytearray(struct.pack("<II", len(self.buffers), 0) + table + data)

    def checksum(self, kind, key, data):
        return bytes.fromhex(self.forge.crypto("checksum", cksumtype=kind, enctype=key[0], key=key[1], usage=17, data=bytes(data)))

    def signed(self, server_type=None, server_key=None):
        out = self.layout()
        if 6 not in self.at:
            return bytes(out)
        kind = server_type or self.types[6]
        made = self.checksum(kind, server_key or self.key, out)
        where = self.at[6]
        out[where:where + 4] = struct.pack("<i", kind)
        out[where + 4:where + 4 + len(made)] = made
        if 7 in self.at:
            kdc = self.checksum(self.types[7], self.kdc, made)
            out[self.at[7] + 4:self.at[7] + 4 + len(kdc)] = kdc
        return bytes(out)


class Case(unittest.TestCase):
    def setUp(self):
        self.drive = Drive()
        self.addCleanup(self.close)
        self.forge = Forge(self.drive)
        self.drive.ok("env", now=self.forge.now)
        self.inn = self.acquire(self.forge)

    def close(self):
        self.assertEqual(self.drive.close(), (0, ""))

    def acquire(self, forge, **more):
        return self.drive.ok("acquire", package="Kerberos", use="inbound", keytab=forge.keytab(), **more)["cred"]

    def accept(self, pac, forge=None, cred=None, client="alice", **ticket):
        f = forge or self.forge
        data = authdata(relevant((kf.PAC, pac)))
        return self.drive.call("accept", cred=cred or self.inn,
                               input=f.token(f.ticket(data=data, client=client, **ticket), client=client))

    def sids(self, answer):
        answer = self.drive.call("query", ctx=answer["ctx"], attr="SIDS")
        if answer["status"] != "SEC_E_OK":
            return answer["status"]
        return [(s["sid"], s["attributes"]) for s in answer["sids"]]

    def refused(self, pac, status=LD, **more):
        answer = self.accept(pac, **more)
        self.assertEqual((answer["status"], answer["output"]), (status, ""), answer)
        self.assertTrue(answer["reason"])
        self.drive.ok("delete", ctx=answer["ctx"])

    def taken(self, pac, **more):
        answer = self.accept(pac, **more)
        self.assertEqual(answer["status"], "SEC_E_OK", answer)
        return answer


class Sids(Case):
    def test_windows(self):
        """A domain controller's PAC, in a ticket made with its key and time."""
        f = Forge(self.drive, 23)
        f.key, f.now = bytes.fromhex(WINDOWS["server_key"]["key"]), WINDOWS["authtime"]
        self.drive.ok("env", now=f.now)
        cred = self.acquire(f, options={"enctypes": [18, 23]})
        answer = self.taken(bytes.fromhex(WINDOWS["pac"]), forge=f, cred=cred, client=WINDOWS["client"])
        base = WINDOWS["domain_sid"]
        want = [(base + f"-{WINDOWS['user_id']}", 0), (base + f"-{WINDOWS['primary_group']}", 7)]
        want += [(f"{base}-{rid}", attr) for rid, attr in WINDOWS["groups"]] + WINDOWS["extra"]
        self.assertEqual(self.sids(answer), [(sid(s).hex(), a) for s, a in want])
        parsed = self.drive.ok("parse", kind="pac", data=WINDOWS["pac"], key=WINDOWS["server_key"], kdc_key=WINDOWS["kdc_key"])
        self.assertEqual((parsed["server_checksum"], parsed["kdc_checksum"], parsed["client_name"], parsed["client_time"]),
                         ("ok", "ok", WINDOWS["client"], WINDOWS["authtime"]))

    def test_all_kinds(self):
        extra = (("S-1-18-1", 7), ("S-1-5-21-9-9-9-" + "-".join(str(n) for n in range(11)), 0x10))
        info = logon_info(extra=extra, resource="S-1-5-21-7", resources=((5, 0x20000007),))
        for buffers in ([(1, info)], [(12, upn_info()), (1, info)], [(1, info), (12, upn_info(sid(DOMAIN + "-1001")))]):
            answer = self.taken(Pac(self.forge, buffers).signed())
            self.assertEqual(self.sids(answer), [
                (sid(s).hex(), a) for s, a in ((DOMAIN + "-1001", 0), (DOMAIN + "-513", 7), (DOMAIN + "-513", 7),
                                               (DOMAIN + "-1200", 7), *extra, ("S-1-5-21-7-5", 0x20000007))])

    def test_user_by_sid(self):
        """MS-PAC 2.5: UserId 0 means that the first of the extra SIDs is the user."""
        info = logon_info(user=0, primary=0, groups=(), domain=None, extra=(("S-1-5-21-3-4", 7), ("S-1-5-2", 7)))
        self.assertEqual(self.sids(self.taken(Pac(self.forge, [(1, info)]).signed())),
                         [(sid("S-1-5-21-3-4").hex(), 7), (sid("S-1-5-2").hex(), 7)])

    def test_many(self):
        info = logon_info(groups=tuple((n, 7) for n in range(1022)))
        self.assertEqual(len(self.sids(self.taken(Pac(self.forge, [(1, info)]).signed()))), 1024)
        info = logon_info(groups=tuple((n, 7) for n in range(1023)))
        self.refused(Pac(self.forge, [(1, info)]).signed(), IT)

    def test_none(self):
        """Without a PAC, or without logon information in it: no SIDs, and no reason to refuse."""
        f = self.forge
        answer = self.drive.ok("accept", cred=self.inn, input=f.token())
        self.assertEqual(self.sids(answer), "SEC_E_UNSUPPORTED_FUNCTION")
        self.assertEqual(self.sids(self.taken(Pac(f, []).signed())), "SEC_E_UNSUPPORTED_FUNCTION")
        self.assertEqual(self.sids({"ctx": self.drive.ok("initialize", cred=self.drive.ok(
            "acquire", package="Kerberos", use="outbound", ccache=f.cache())["cred"], target="host/srv.test")["ctx"]}),
                         "SEC_E_UNSUPPORTED_FUNCTION")

    def test_clients_own(self):
        """A PAC that the client adds itself is nothing."""
        f = self.forge
        data = authdata(relevant((kf.PAC, Pac(f).signed())))
        answer = self.drive.ok("accept", cred=self.inn, input=f.token(data=data))
        self.assertEqual(self.sids(answer), "SEC_E_UNSUPPORTED_FUNCTION")

    def test_malformed(self):
        """The signature is right, the contents are not."""
        good = logon_info(extra=(("S-1-18-1", 7),))
        cases = [b"", good[:8], logon_info(count=3), logon_info(count=2 ** 32 - 1), logon_info(count=0),
                 logon_info(domain=None), logon_info(user=0), logon_info(domain=b"\2\1" + bytes(10)),
                 logon_info(domain=b"\1\20" + bytes(70)), logon_info(domain="S-1-5-" + "-".join("1" * 15)),
                 logon_info(resources=((1, 7),)), logon_info(extra=((b"\1\377" + bytes(6), 7),)),
                 b"\2" + good[1:], good[:1] + b"\0" + good[2:], good[:8] + struct.pack("<I", len(good)) + good[12:],
                 good[:16] + bytes(4) + good[20:]]
        for info in cases:
            self.refused(Pac(self.forge, [(1, info)]).signed(), IT)
        self.refused(Pac(self.forge, [(1, good), (12, upn_info(sid(DOMAIN + "-1002")))]).signed(), IT)
        self.refused(Pac(self.forge, [(1, good), (12, b"\1\0\xff\xff\0\0\0\0\0\0\0\0")]).signed(), IT)

    def test_truncated_and_flipped(self):
        """Logon information cut at every octet, and each octet changed: never more than a refusal."""
        good = logon_info(extra=(("S-1-18-1", 7),), resource="S-1-5-21-7", resources=((5, 7),))
        seen = {"SEC_E_OK": 0, IT: 0}
        for length in range(len(good)):
            answer = self.accept(Pac(self.forge, [(1, good[:length])]).signed())
            seen[answer["status"]] += 1
            self.drive.ok("delete", ctx=answer["ctx"])
        self.assertEqual(seen["SEC_E_OK"], 0)
        for i in range(0, len(good)):
            for flip in (1, 0xff):
                bad = good[:i] + bytes([good[i] ^ flip]) + good[i + 1:]
                answer = self.accept(Pac(self.forge, [(1, bad)]).signed())
                seen[answer["status"]] += 1
                self.drive.ok("delete", ctx=answer["ctx"])
        self.assertGreater(min(seen.values()), 100)


class Signatures(Case):
    def test_every_type(self):
        for enctype in kf.KEYS:
            f = Forge(self.drive, enctype)
            cred = self.acquire(f, options={"enctypes": [enctype, 18]})
            for suffix in (b"", b"\x12\x34"):
                pac = Pac(f, suffix=suffix)
                good = pac.signed()
                self.assertEqual(len(self.sids(self.taken(good, forge=f, cred=cred))), 4)
                keys = [{"enctype": k[0], "key": k[1].hex()} for k in (pac.key, pac.kdc)]
                parsed = self.drive.ok("parse", kind="pac", data=good.hex(), key=keys[0], kdc_key=keys[1])
                self.assertEqual((parsed["server_checksum"], parsed["kdc_checksum"]), ("ok", "ok"), enctype)
                self.assertEqual([b["type"] for b in parsed["buffers"]], [1, 10, 6, 7, 16, 19])
                at = pac.at[6] + 4
                bad = good[:at] + bytes([good[at] ^ 1]) + good[at + 1:]
                self.refused(bad, forge=f, cred=cred)
                parsed = self.drive.ok("parse", kind="pac", data=bad.hex(), key=keys[0], kdc_key=keys[1])
                self.assertEqual((parsed["server_checksum"], parsed["kdc_checksum"]), ("bad", "bad"))

    def test_wrong(self):
        f = self.forge
        other = f.make_key(18, 88)
        pac = Pac(f)
        # By another key, by HMAC-MD5 with the right one, or not at all.
        self.refused(pac.signed(server_key=(18, other)))
        self.refused(Pac(f, order=(7, 16)).signed())
        weak = Pac(f)
        weak.types[6] = -138
        weak.buffers = [(n, v) if n != 6 else (6, struct.pack("<i", -138) + bytes(16)) for n, v in weak.buffers]
        self.refused(weak.signed())
        unkeyed = Pac(f)
        unkeyed.buffers = [(n, v) if n != 6 else (6, struct.pack("<i", 7) + bytes(16)) for n, v in unkeyed.buffers]
        self.refused(bytes(unkeyed.layout()))
        self.refused(bytes(pac.layout()))

    def test_any_octet(self):
        """Whatever is changed in a PAC, the table and the names included, is found out."""
        pac = Pac(self.forge, suffix=b"\1\2")
        good, taken = pac.signed(), []
        for i in range(len(good)):
            answer = self.accept(good[:i] + bytes([good[i] ^ 1]) + good[i + 1:])
            self.assertIn(answer["status"], ("SEC_E_OK", LD, IT))
            if answer["status"] == "SEC_E_OK":
                taken.append(i)
            self.drive.ok("delete", ctx=answer["ctx"])
        # The KDC's signature is not ours to check.
        self.assertEqual(taken, list(range(pac.at[7] + 4, pac.at[7] + 16)))
        for length in range(len(good)):
            answer = self.accept(good[:length])
            self.assertIn(answer["status"], (LD, IT))
            self.drive.ok("delete", ctx=answer["ctx"])

    def test_client(self):
        f = self.forge
        self.taken(Pac(f, name="srv/a.b").signed(), client="srv/a.b")
        for pac, more in ((Pac(f, name="bob"), {}), (Pac(f, name="Alice"), {}), (Pac(f, name="alice "), {}), (Pac(f, name=""), {}),
                          (Pac(f, name="alice@FORGE.TEST"), {}), (Pac(f, when=f.now - 1), {}), (Pac(f, when=f.now + 1), {}),
                          (Pac(f, name=None), {}), (Pac(f), {"auth": f.now - 10}), (Pac(f), {"client": "bob"})):
            self.refused(pac.signed(), **more)

    def test_form(self):
        pac = Pac(self.forge)
        good = pac.signed()
        for bad in (b"", b"\0", good[:4] + b"\1" + good[5:], struct.pack("<I", 65) + good[4:], struct.pack("<I", 2 ** 32 - 1) + good[4:],
                    good[:16] + struct.pack("<Q", 2 ** 64 - 8) + good[24:], good[:12] + struct.pack("<I", 2 ** 32 - 1) + good[16:],
                    good[:16] + struct.pack("<Q", 8) + good[24:], good[:16] + struct.pack("<Q", 2 ** 32) + good[24:]):
            self.refused(bad, IT)


class Mit(Case):
    def test_kdc(self):
        """MIT's KDC signs with the service's key, for every type; so does it with the TGS's."""
        mit = krb5peer.get()
        keys = {(e["principal"], e["enctype"]): e["key"]
                for e in self.drive.ok("parse", kind="keytab", data=mit.keytab)["entries"]}
        self.drive.ok("env")
        signed = set()
        for cred in self.drive.ok("parse", kind="ccache", data=mit.ccache)["creds"]:
            if cred["server"].startswith("krbtgt/"):
                continue
            enc = kf.Node(bytes.fromhex(cred["ticket"])).get(3)
            key = {"enctype": enc.int(0), "key": keys[(cred["server"], enc.int(0))]}
            plain = kf.Node(self.forge.open(key["enctype"], bytes.fromhex(key["key"]), 2, enc.bytes(2)))
            pac = dict(kf.ad_of(plain.get(10))).get(kf.PAC)
            if pac is None:
                continue
            parsed = self.drive.ok("parse", kind="pac", data=pac.hex(), key=key)
            self.assertEqual((parsed["server_checksum"], parsed["client_name"]), ("ok", "alice"), cred["server"])
            signed.add(key["enctype"])
        self.assertGreaterEqual(len(signed), 6)


if __name__ == "__main__":
    unittest.main()
