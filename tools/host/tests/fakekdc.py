# SPDX-License-Identifier: GPL-2.0-only
"""A KDC in Python, which can be made to lie: `twist` changes what it says before it is encoded.

Its cryptography is the driver's own, in another process: it is held to published vectors by
test_krb5_crypto.py."""
import hashlib
import os
import struct

import der
from driver import Drive

(FORWARDABLE, FORWARDED, PROXIABLE, RENEWABLE, INITIAL, PREAUTH, OK_AS_DELEGATE, ENC_PA_REP) = (
    1 << 30, 1 << 29, 1 << 28, 1 << 23, 1 << 22, 1 << 21, 1 << 18, 1 << 16)
KDC_RENEW, KDC_CNAME_IN_ADDL_TKT, KDC_CANONICALIZE = 2, 1 << 17, 1 << 16
(PA_TGS_REQ, PA_ENC_TS, PA_INFO2, PA_FOR_USER, PA_S4U, PA_COOKIE, PA_FAST, PA_FX_ERROR, PA_CHALLENGE,
 PA_REQ_ENC, PA_PAC_OPTIONS) = (1, 2, 19, 129, 130, 133, 136, 137, 138, 149, 167)
KEY_LEN = {17: 16, 18: 32, 19: 16, 20: 32, 23: 16, 25: 16, 26: 32}
CKSUM = {17: 15, 18: 16, 19: 19, 20: 20, 25: 17, 26: 18}


class Crypto:
    def __init__(self):
        self.drive = Drive()

    def run(self, op, **params):
        params = {k: v.hex() if isinstance(v, bytes) else v for k, v in params.items()}
        answer = self.drive.call("crypto", name=op, params=params)
        if answer["status"] != "SEC_E_OK":
            raise ValueError(f"{op}: {answer}")
        return bytes.fromhex(answer["result"])

    def encrypt(self, key, usage, plain):
        return der.fields((0, der.integer(key[0])), (2, der.octets(self.run(
            "encrypt", enctype=key[0], key=key[1], usage=usage, plain=plain,
            confounder=os.urandom(8 if key[0] == 23 else 16)))))

    def decrypt(self, key, usage, data):
        f = der.numbered(data)
        if der.to_int(f[0]) != key[0]:
            raise ValueError("under a key of another type")
        return self.run("decrypt", enctype=key[0], key=key[1], usage=usage,
                        cipher=der.to_octets(f[2]))

    def checksum(self, key, usage, data, kind=None):
        kind = kind or CKSUM[key[0]]
        return der.fields((0, der.integer(kind)), (1, der.octets(self.run(
            "checksum", cksumtype=kind, enctype=key[0], key=key[1], usage=usage, data=data))))

    def cf2(self, key1, key2, pepper1, pepper2):
        return key1[0], self.run("cf2", enctype=key1[0], key1=key1[1], enctype2=key2[0],
                                 key2=key2[1], pepper1=pepper1.encode(), pepper2=pepper2.encode())

    def string_to_key(self, enctype, password, salt, params=None):
        more = {} if params is None else {"params": params}
        return enctype, self.run("string_to_key", enctype=enctype, password=password.encode(),
                                 salt=salt.encode(), **more)


def encode_key(key):
    return der.fields((0, der.integer(key[0])), (1, der.octets(key[1])))


def decode_key(data):
    f = der.numbered(data)
    return der.to_int(f[0]), der.to_octets(f[1])


def padata(*items):
    return der.seq(*[der.fields((1, der.integer(t)), (2, der.octets(v))) for t, v in items])


def read_padata(data):
    out = {}
    for item in der.to_list(data):
        f = der.numbered(item)
        out[der.to_int(f[1])] = der.to_octets(f[2])
    return out


def keytab(principal, realm, *keys):
    """File bytes, version 0x0502; a key is (enctype, bytes)."""
    def counted(s):
        return struct.pack(">H", len(s)) + s
    out, parts = b"\x05\x02", principal.split("/")
    for enctype, key in keys:
        entry = struct.pack(">H", len(parts)) + counted(realm.encode())
        entry += b"".join(counted(p.encode()) for p in parts)
        entry += struct.pack(">IIBH", 1, 0, 1, enctype) + counted(key)
        out += struct.pack(">i", len(entry)) + entry
    return out.hex()


def ccache(client, realm, *creds):
    """File bytes, version 0x0504; a credential is a dict of a ticket and what is known of it."""
    def counted(b):
        return struct.pack(">I", len(b)) + b

    def principal(name, of):
        parts = name.split("/")
        return struct.pack(">II", 1, len(parts)) + counted(of.encode()) + \
            b"".join(counted(p.encode()) for p in parts)
    out = b"\x05\x04\0\0" + principal(client, realm)
    for c in creds:
        out += principal(client, realm) + principal(c["server"], c.get("realm", realm))
        out += struct.pack(">H", c["key"][0]) + counted(c["key"][1])
        out += struct.pack(">IIIIBI", c["authtime"], c["starttime"], c["endtime"], c["renew_till"],
                           0, c["flags"])
        out += bytes(8) + counted(c["ticket"]) + counted(b"")
    return out.hex()


class Error(Exception):
    def __init__(self, code, text=None, pa=None, crealm=None, data=None):
        super().__init__(code)
        self.code, self.text, self.pa, self.crealm, self.data = code, text, pa, crealm, data


class Request:
    """A KDC-REQ, opened."""

    def __init__(self, data):
        [(tag, _)] = der.split(data)
        self.kind, self.raw = tag & 31, data
        f = der.numbered(data, tag)
        self.pa = read_padata(f[3]) if 3 in f else {}
        self.set_body(f[4])
        self.armor = self.ticket = self.subkey = None

    def set_body(self, body):
        self.body_raw = body
        b = self.body = der.numbered(body)
        self.options, self.nonce = der.to_bits(b[0]), der.to_int(b[7])
        self.realm, self.till = der.to_text(b[2]), der.to_time(b[5])
        self.rtime = der.to_time(b[6]) if 6 in b else 0
        self.cname = der.to_name(b[1]) if 1 in b else None
        self.sname = der.to_name(b[3])
        self.etypes = [der.to_int(e) for e in der.to_list(b[8])]
        self.tickets = der.to_list(b[11]) if 11 in b else []


class Kdc:
    def __init__(self, realm="FAKE.TEST", now=1700000000):
        self.realm, self.now = realm, now
        self.crypto = Crypto()
        self.keys, self.salts, self.params, self.peers = {}, {}, {}, {}
        self.twist, self.seen = {}, []
        self.preauth, self.fast, self.renewable = True, True, True
        self.life, self.etype, self.fail, self.aliases = 36000, 18, {}, {}
        self.krbtgt = self.add("krbtgt/" + realm)

    def close(self):
        self.crypto.drive.close()

    def add(self, name, password=None, etype=18, salt=None, params=None):
        """A principal with one key, of a password or of its name."""
        if password is None:
            length = KEY_LEN[etype]
            key = (etype, (hashlib.sha256((self.realm + name).encode()).digest() * 2)[:length])
        else:
            salt = self.realm + "".join(name.split("/")) if salt is None else salt
            key = self.crypto.string_to_key(etype, password, salt, params)
            self.salts[name], self.params[name] = salt, params
        self.keys[name] = key
        return key

    def trust(self, other, key=None):
        """krbtgt/OTHER@REALM, and what it refers to other KDCs for."""
        return self.add("krbtgt/" + other)

    def session(self):
        return self.etype, os.urandom(KEY_LEN[self.etype])

    # What is said, open to lies.

    def bent(self, what, values):
        if what in self.twist:
            self.twist[what](values)
        return values

    def ticket(self, sname, key, v, realm=None):
        part = self.bent("ticket", {
            "flags": v["flags"], "key": v["key"], "crealm": v["crealm"], "cname": v["cname"],
            "authtime": v["authtime"], "starttime": v["starttime"], "endtime": v["endtime"],
            "renew_till": v["renew_till"], "authdata": v.get("authdata"),
            "transited": v.get("transited", b"")})
        plain = der.app(3, der.fields(
            (0, der.bits(part["flags"])), (1, encode_key(part["key"])),
            (2, der.text(part["crealm"])), (3, der.name(part["cname"][0], *part["cname"][1])),
            (4, der.fields((0, der.integer(1)), (1, der.octets(part["transited"])))),
            (5, der.gtime(part["authtime"])), (6, der.gtime(part["starttime"])),
            (7, der.gtime(part["endtime"])),
            (8, der.gtime(part["renew_till"]) if part["renew_till"] else None),
            (10, part["authdata"])))
        return der.app(1, der.fields(
            (0, der.integer(5)), (1, der.text(realm or self.realm)),
            (2, der.name(sname[0], *sname[1])), (3, self.crypto.encrypt(key, 2, plain))))

    def part(self, kind, v):
        v = self.bent("as-part" if kind == 11 else "tgs-part", v)
        return der.app(25 if kind == 11 else 26, der.fields(
            (0, encode_key(v["key"])), (1, der.seq()), (2, der.integer(v["nonce"])),
            (4, der.bits(v["flags"])), (5, der.gtime(v["authtime"])),
            (6, der.gtime(v["starttime"])), (7, der.gtime(v["endtime"])),
            (8, der.gtime(v["renew_till"]) if v["renew_till"] else None),
            (9, der.text(v["srealm"])), (10, der.name(v["sname"][0], *v["sname"][1])),
            (11, v["addresses"]), (12, padata(*v["pa"].items()) if v["pa"] else None)))

    def reply(self, req, v, ticket, key, usage, pa):
        """A KDC-REP, inside FAST if the request was."""
        kind = req.kind + 1
        v = dict(v, addresses=None, nonce=req.nonce)
        pa = dict(pa)
        if req.armor:
            strengthen = (req.armor[0], os.urandom(KEY_LEN[req.armor[0]]))
            response = self.bent("fast", {
                "pa": pa, "strengthen": strengthen, "nonce": req.nonce, "armor": req.armor,
                "time": self.now, "crealm": v["crealm"], "cname": v["cname"],
                "finished": True, "cksum": self.crypto.checksum(req.armor, 53, ticket)})
            if response["strengthen"]:
                key = self.crypto.cf2(strengthen, key, "strengthenkey", "replykey")
            pa = {PA_FAST: self.fast_reply(response)}
        v["pa"] = self.enc_pa(req, key)
        outer = self.bent("as-rep" if kind == 11 else "tgs-rep", {
            "pa": pa, "crealm": v["crealm"], "cname": v["cname"], "ticket": ticket, "key": key})
        enc = self.crypto.encrypt(outer["key"], usage, self.part(kind, v))
        return der.app(kind, der.fields(
            (0, der.integer(5)), (1, der.integer(kind)),
            (2, padata(*outer["pa"].items()) if outer["pa"] else None),
            (3, der.text(outer["crealm"])), (4, der.name(outer["cname"][0], *outer["cname"][1])),
            (5, outer["ticket"]), (6, enc)))

    def enc_pa(self, req, key):
        if req.kind != 10 or PA_REQ_ENC not in req.pa:
            return {}
        out = {PA_REQ_ENC: self.crypto.checksum(key, 56, req.raw)}
        if self.fast:
            out[PA_FAST] = b""
        return out

    def fast_reply(self, r):
        finished = r["finished"] and der.fields(
            (0, der.gtime(r["time"])), (1, der.integer(0)), (2, der.text(r["crealm"])),
            (3, der.name(r["cname"][0], *r["cname"][1])), (4, r["cksum"]))
        plain = der.fields(
            (0, padata(*r["pa"].items())),
            (1, encode_key(r["strengthen"]) if r["strengthen"] else None),
            (2, finished or None), (3, der.integer(r["nonce"])))
        return der.tlv(0xa0, der.fields((0, self.crypto.encrypt(r["armor"], 52, plain))))

    def error(self, req, e):
        items = dict(e.pa or {})
        if req.armor and self.twist.get("error") != "outside":
            bare = self.encode_error(req, e, None)
            items[PA_FX_ERROR] = bare
            response = self.bent("fast-error", {"pa": items, "strengthen": None, "nonce": req.nonce,
                                                "armor": req.armor, "finished": False})
            items = {PA_FAST: self.fast_reply(response)}
        data = e.data or (padata(*items.items()) if items else None)
        return self.encode_error(req, e, data)

    def encode_error(self, req, e, data):
        return der.app(30, der.fields(
            (0, der.integer(5)), (1, der.integer(30)), (4, der.gtime(self.now)),
            (5, der.integer(0)), (6, der.integer(e.code)),
            (7, der.text(e.crealm) if e.crealm else None), (9, der.text(self.realm)),
            (10, der.name(req.sname[0], *req.sname[1])),
            (11, der.tlv(der.TEXT, e.text) if e.text else None),
            (12, der.octets(data) if data else None)))

    def issued(self, client, server, flags=0, **more):
        """A ticket without an exchange, for ccache()."""
        v = {"flags": flags, "key": self.session(), "crealm": self.realm,
             "cname": (1, client.split("/")), "authtime": self.now, "starttime": self.now,
             "endtime": self.now + self.life, "renew_till": 0, "server": server}
        v.update(more)
        v["ticket"] = self.ticket((2, server.split("/")), self.keys[server], v)
        return v

    def armor(self):
        """A ccache of another principal, for the option."""
        return ccache("machine", self.realm, self.issued("machine", "krbtgt/" + self.realm))

    # What is asked.

    def answer(self, request):
        req = Request(bytes.fromhex(request))
        self.seen.append(req)
        try:
            return (self.as_req(req) if req.kind == 10 else self.tgs_req(req)).hex()
        except (Error, ValueError) as e:
            return self.error(req, e if isinstance(e, Error) else Error(31)).hex()

    def open_ap(self, data, usage):
        """The ticket and the authenticator of an AP-REQ to the TGS."""
        f = der.numbered(data, 0x6e)
        t = der.numbered(f[3], 0x61)
        sname = "/".join(der.to_name(t[2])[1])
        key = self.keys.get(sname) if der.to_text(t[1]) == self.realm else \
            self.peers.get(der.to_text(t[1]))
        part = self.enc_ticket(t[3], key)
        auth = der.numbered(self.crypto.decrypt(part["key"], usage, f[4]), 0x62)
        if (der.to_text(auth[1]), der.to_name(auth[2])[1]) != (part["crealm"], part["cname"][1]):
            raise ValueError("the authenticator is another client's")
        return part, auth

    def enc_ticket(self, enc, key):
        f = der.numbered(self.crypto.decrypt(key, 2, enc), 0x63)
        return {"flags": der.to_bits(f[0]), "key": decode_key(f[1]), "crealm": der.to_text(f[2]),
                "cname": der.to_name(f[3]), "authtime": der.to_time(f[5]),
                "endtime": der.to_time(f[7]), "renew_till": der.to_time(f[8]) if 8 in f else 0}

    def unarmor(self, req, sum_over):
        f = der.numbered(req.pa[PA_FAST], 0xa0)
        if 0 in f:
            armor = der.numbered(f[0])
            assert der.to_int(armor[0]) == 1
            ticket, auth = self.open_ap(der.to_octets(armor[1]), 11)
            req.subkey = decode_key(auth[6])
        else:
            ticket = req.ticket
        req.armor = self.crypto.cf2(req.subkey, ticket["key"], "subkeyarmor", "ticketarmor")
        if f[1] != self.crypto.checksum(req.armor, 50, sum_over):
            raise ValueError("the checksum of the request is wrong")
        inner = der.numbered(self.crypto.decrypt(req.armor, 51, f[2]))
        req.fast_options = der.to_bits(inner[0])
        req.pa = read_padata(inner[1])
        req.set_body(inner[2])

    def lifetime(self, req, base=None):
        end = min(self.now + self.life, req.till)
        till = 0
        if self.renewable and req.options & RENEWABLE:
            till = min(self.now + 7 * self.life, req.rtime)
        return {"authtime": base["authtime"] if base else self.now, "starttime": self.now,
                "endtime": min(end, base["endtime"]) if base else end, "renew_till": till}

    def proven(self, req, name, key):
        """Whether a pre-authentication is there; wrong ones are refused."""
        try:
            if req.armor and PA_CHALLENGE in req.pa:
                key = self.crypto.cf2(req.armor, key, "clientchallengearmor", "challengelongterm")
                f = der.numbered(self.crypto.decrypt(key, 54, req.pa[PA_CHALLENGE]))
            elif not req.armor and PA_ENC_TS in req.pa:
                f = der.numbered(self.crypto.decrypt(key, 1, req.pa[PA_ENC_TS]))
            else:
                return False
        except ValueError as e:
            raise Error(24) from e
        if abs(der.to_time(f[0]) - self.now) > 300:
            raise Error(37)
        return True

    def refuse(self, req):
        code = self.fail.get(req.kind)
        if code:
            raise code if isinstance(code, Error) else Error(code)

    def as_req(self, req):
        if PA_FAST in req.pa and self.fast:
            self.unarmor(req, req.body_raw)
        self.refuse(req)
        name = "/".join(req.cname[1])
        if name in self.aliases and req.options & KDC_CANONICALIZE:
            if "@" in self.aliases[name]:
                raise Error(68, crealm=self.aliases[name].split("@")[1])
            name = self.aliases[name]
        if name not in self.keys:
            raise Error(6)
        key = self.keys[name]
        if key[0] not in req.etypes:
            raise Error(14)
        info = self.info(name, key)
        if self.preauth and not self.proven(req, name, key):
            raise Error(25, pa=dict(self.bent("methods", {
                PA_INFO2: info, PA_CHALLENGE if req.armor else PA_ENC_TS: b"",
                PA_COOKIE: b"a cookie"})))
        if self.preauth and req.pa.get(PA_COOKIE) != b"a cookie":
            raise Error(90)
        v = dict(self.lifetime(req), key=self.session(), crealm=self.realm,
                 cname=(1, name.split("/")), srealm=self.realm, sname=(2, ["krbtgt", self.realm]))
        v["flags"] = INITIAL | req.options & FORWARDABLE
        if v["renew_till"]:
            v["flags"] |= RENEWABLE
        if PA_REQ_ENC in req.pa:
            v["flags"] |= ENC_PA_REP
        pa = {PA_INFO2: info}
        if req.armor:
            challenge = self.crypto.cf2(req.armor, key, "kdcchallengearmor", "challengelongterm")
            pa[PA_CHALLENGE] = self.crypto.encrypt(challenge, 55, der.fields(
                (0, der.gtime(self.now)), (1, der.integer(1))))
        return self.reply(req, v, self.ticket((2, ["krbtgt", self.realm]), self.krbtgt, v), key, 3,
                          pa)

    def info(self, name, key):
        salt, params = self.salts.get(name), self.params.get(name)
        return der.seq(der.fields((0, der.integer(key[0])),
                                  (1, der.text(salt) if salt is not None else None),
                                  (2, der.octets(params) if params else None)))

    def tgs_req(self, req):
        req.ticket, auth = self.open_ap(req.pa[PA_TGS_REQ], 7)
        outer_pa, outer_body = req.pa, req.body_raw
        req.subkey = decode_key(auth[6])
        if auth[3] != self.crypto.checksum(req.ticket["key"], 6, outer_body):
            raise ValueError("the checksum of the body is wrong")
        if PA_FAST in outer_pa:
            if not self.fast:
                outer_pa.pop(PA_FAST)
            else:
                self.unarmor(req, outer_pa[PA_TGS_REQ])
        self.refuse(req)
        if req.ticket["endtime"] <= self.now:
            raise Error(32)
        if req.options & KDC_RENEW:
            return self.renew(req)
        return self.issue(req)

    def renew(self, req):
        if not req.ticket["flags"] & RENEWABLE or req.ticket["renew_till"] <= self.now:
            raise Error(13)
        v = dict(req.ticket, key=self.session(), starttime=self.now, srealm=self.realm,
                 sname=req.sname, endtime=min(self.now + self.life, req.ticket["renew_till"]))
        return self.reply(req, v, self.ticket(req.sname, self.krbtgt, v), req.subkey, 9, {})

    def issue(self, req):
        name = "/".join(req.sname[1])
        sname, realm = req.sname, self.realm
        name, sname = self.referral(req, name, sname)
        if name not in self.keys:
            raise Error(7)
        t, pa = req.ticket, {}
        v = dict(self.lifetime(req, t), key=self.session(), crealm=t["crealm"], cname=t["cname"],
                 srealm=realm, sname=sname, flags=t["flags"] & req.options & FORWARDABLE)
        v["renew_till"] = 0
        if req.options & FORWARDED:
            v["flags"] |= FORWARDED
        if PA_FOR_USER in req.pa or PA_S4U in req.pa:
            pa = self.for_user(req, v)
        if req.options & KDC_CNAME_IN_ADDL_TKT:
            self.proxy(req, v)
        v["key"] = (self.keys[name][0], os.urandom(KEY_LEN[self.keys[name][0]]))
        return self.reply(req, v, self.ticket(sname, self.keys[name], v), req.subkey, 9, pa)

    def referral(self, req, name, sname):
        """What there is instead of a name that is not here (RFC 6806 8)."""
        if name in self.keys or name not in self.aliases:
            return name, sname
        name = "krbtgt/" + self.aliases[name]
        return name, (2, name.split("/"))

    def for_user(self, req, v):
        """S4U2Self (MS-SFU 3.2.5.1)."""
        user = None
        if PA_FOR_USER in req.pa:
            f = der.numbered(req.pa[PA_FOR_USER])
            kind, parts = der.to_name(f[0])
            user = (kind, parts), der.to_text(f[1])
            data = struct.pack("<I", kind) + "".join(parts).encode() + user[1].encode() + b"Kerberos"
            if f[2] != self.crypto.checksum(req.ticket["key"], 17, data, kind=-138):
                raise Error(41)
        pa = {}
        if PA_S4U in req.pa:
            f = der.numbered(req.pa[PA_S4U])
            u = der.numbered(f[0])
            if f[1] != self.crypto.checksum(req.subkey, 26, f[0]) or der.to_int(u[0]) != req.nonce:
                raise Error(41)
            same = der.to_name(u[1])[1], der.to_text(u[2])
            if user and (user[0][1], user[1]) != same:
                raise Error(41)
            echo = self.bent("s4u", {"id": f[0], "usage": 27})
            pa[PA_S4U] = der.fields((0, echo["id"]), (1, self.crypto.checksum(
                req.subkey, echo["usage"], echo["id"])))
            user = (1, same[0]), same[1]
        if "/".join(user[0][1]) not in self.keys:
            raise Error(6)
        if req.sname[1] != req.ticket["cname"][1]:
            raise Error(13)
        v["cname"], v["crealm"] = (1, user[0][1]), user[1]
        return pa

    def proxy(self, req, v):
        """S4U2Proxy (MS-SFU 3.2.5.2)."""
        f = der.numbered(req.tickets[0], 0x61)
        evidence = self.enc_ticket(f[3], self.keys["/".join(der.to_name(f[2])[1])])
        if not evidence["flags"] & FORWARDABLE:
            raise Error(13)
        v["cname"], v["crealm"] = evidence["cname"], evidence["crealm"]
