# SPDX-License-Identifier: GPL-2.0-only
"""Tickets and AP messages made by hand (RFC 4120, RFC 4121), with every field to lie in.

The encoder is this file's own; only the ciphers are the driver's, by `crypto`.
"""
import calendar
import hashlib
import struct
import time

REALM = b"FORGE.TEST"
KEYS = {16: 24, 17: 16, 18: 32, 19: 16, 20: 32, 23: 16, 25: 16, 26: 32}
GSS_FLAGS = {"DELEG": 1, "MUTUAL": 2, "REPLAY": 4, "SEQUENCE": 8, "CONF": 16, "INTEG": 32, "DCE": 0x1000}
KRB5 = bytes.fromhex("06092a864886f712010202")
MS_KRB5 = bytes.fromhex("06092a864882f712010202")
U2U = bytes.fromhex("060a2a864886f71201020203")
IF_RELEVANT, KDC_ISSUED, AND_OR, CAMMAC, PAC, ETYPES, AP_OPTIONS, TARGET = 1, 4, 5, 96, 128, 129, 143, 144
FORWARDABLE, FORWARDED, INVALID, RENEWABLE, TRANSITED_CHECKED, OK_AS_DELEGATE = (
    1 << 30, 1 << 29, 1 << 24, 1 << 23, 1 << 19, 1 << 18)


def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(body).to_bytes(size, "big") + body


def seq(*parts):
    return tlv(0x30, *parts)


def app(n, *parts):
    return tlv(0x60 | n, seq(*parts))


def num(value):
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(data):
    return tlv(4, data)


def text(data):
    return tlv(27, data if isinstance(data, bytes) else data.encode())


def field(n, *parts):
    return tlv(0xa0 | n, *parts)


def opt(n, part):
    return b"" if part is None else field(n, part)


def flags(value):
    return tlv(3, b"\0" + struct.pack(">I", value))


def when(seconds):
    return tlv(24, time.strftime("%Y%m%d%H%M%SZ", time.gmtime(seconds)).encode())


def name(text_form, kind=1):
    return seq(field(0, num(kind)), field(1, seq(*(text(p) for p in text_form.split("/")))))


def key_of(enctype, data):
    return seq(field(0, num(enctype)), field(1, octets(data)))


def encrypted(enctype, cipher, kvno=None):
    return seq(field(0, num(enctype)), opt(1, None if kvno is None else num(kvno)), field(2, octets(cipher)))


def authdata(*elements):
    return seq(*(seq(field(0, num(kind)), field(1, octets(data))) for kind, data in elements))


def relevant(*elements):
    return (IF_RELEVANT, authdata(*elements))


def frame(tok_id, body, oid=KRB5):
    return tlv(0x60, oid, struct.pack(">H", tok_id), body)


def unframe(token):
    """(token id, body) of a framed token; a bare one has id None."""
    if token[0] != 0x60 or KRB5[2:] not in token[:20] and MS_KRB5[2:] not in token[:20]:
        return None, token
    at = token.index(b"\xf7\x12\x01\x02\x02") + 5
    return struct.unpack(">H", token[at:at + 2])[0], token[at + 2:]


class Node:
    """A BER element read back; children by number of a context tag or by index."""

    def __init__(self, data):
        self.tag, length, at = data[0], data[1], 2
        if length & 0x80:
            at += length & 0x7f
            length = int.from_bytes(data[2:at], "big")
        self.value, self.whole, self.rest = data[at:at + length], data[:at + length], data[at + length:]

    def items(self):
        out, data = [], self.value
        while data:
            node = Node(data)
            out.append(node)
            data = node.rest
        return out

    def get(self, n):
        """Contents of field [n] of a SEQUENCE (of an application tag's SEQUENCE), or None."""
        node = self if self.tag == 0x30 else Node(self.value)
        for item in node.items():
            if item.tag == 0xa0 | n:
                return Node(item.value)
        return None

    def int(self, n):
        node = self.get(n)
        return None if node is None else int.from_bytes(node.value, "big", signed=True)

    def bytes(self, n):
        node = self.get(n)
        return None if node is None else node.value

    def time(self, n):
        return calendar.timegm(time.strptime(self.bytes(n).decode(), "%Y%m%d%H%M%SZ"))

    def key(self, n):
        node = self.get(n)
        return None if node is None else (node.int(0), node.bytes(1))

    def names(self, n):
        return b"/".join(i.value for i in self.get(n).get(1).items()).decode()


def ad_of(node):
    """[(type, data)] with those inside AD-IF-RELEVANT after it."""
    out = []
    for item in [] if node is None else node.items():
        kind, data = item.int(0), item.bytes(1)
        out.append((kind, data))
        if kind == IF_RELEVANT:
            out += ad_of(Node(data))
    return out


def bindings_hash(data):
    """MD5 of the layout of RFC 2744 with application data alone."""
    return hashlib.md5(struct.pack("<IIIII", 0, 0, 0, 0, len(data)) + data).digest()


def gss_checksum(mask, bnd=bytes(16), cred=None, more=b"", length=16):
    out = struct.pack("<I", length) + bnd + struct.pack("<I", mask)
    if cred is not None:
        out += struct.pack("<HH", 1, len(cred)) + cred
    return out + more


def keytab_entry(service, enctype, key, kvno, realm=REALM, wide=True):
    out = b""
    parts = service.split("/")
    out = struct.pack(">HH", len(parts), len(realm)) + realm
    for p in parts:
        out += struct.pack(">H", len(p)) + p.encode()
    out += struct.pack(">IIBHH", 1, 1700000000, kvno & 255, enctype, len(key)) + key
    if wide:
        out += struct.pack(">I", kvno)
    return struct.pack(">i", len(out)) + out


def keytab(*entries):
    return (b"\x05\x02" + b"".join(entries)).hex()


def cache_principal(text_form, realm=REALM):
    parts = text_form.split("/")
    out = struct.pack(">IIL", 1, len(parts), len(realm)) + realm
    return out + b"".join(struct.pack(">I", len(p)) + p.encode() for p in parts)


def cache(client, *tickets, realm=REALM):
    """A FILE cache of [(service, enctype, key, ticket, start, end, flags[, service's realm[, client]])]."""
    out = struct.pack(">HH", 0x504, 0) + cache_principal(client, realm)
    for service, enctype, key, ticket, start, end, mask, *other in tickets:
        out += cache_principal(other[1] if len(other) > 1 else client, realm)
        out += cache_principal(service, other[0] if other else realm)
        out += struct.pack(">HI", enctype, len(key)) + key
        out += struct.pack(">IIII", start, start, end, 0) + b"\0" + struct.pack(">I", mask)
        out += struct.pack(">II", 0, 0) + struct.pack(">I", len(ticket)) + ticket + struct.pack(">I", 0)
    return out.hex()


class Forge:
    """A KDC and a client in one: what they know, and messages made from it."""

    def __init__(self, drive, enctype=18, session=None, service="host/srv.test"):
        self.drive, self.enctype, self.session = drive, enctype, session or enctype
        self.service, self.kvno = service, 2
        self.key = self.make_key(enctype, 1)
        self.session_key = self.make_key(self.session, 2)
        self.subkey = self.make_key(self.session, 3)
        self.now = int(time.time())
        self.count = 0

    def make_key(self, enctype, fill):
        seed = bytes((fill * 37 + i) & 255 for i in range({16: 21}.get(enctype, KEYS[enctype])))
        return bytes.fromhex(self.crypto("random_to_key", enctype=enctype, data=seed))

    def crypto(self, op, **params):
        params = {k: v.hex() if isinstance(v, bytes) else v for k, v in params.items()}
        return self.drive.ok("crypto", name=op, params=params)["result"]

    def seal(self, enctype, key, usage, plain):
        size = 8 if enctype in (16, 23) else 16
        self.count += 1
        confounder = hashlib.sha256(struct.pack(">I", self.count)).digest()[:size]
        return bytes.fromhex(self.crypto("encrypt", enctype=enctype, key=key, usage=usage, plain=plain,
                                         confounder=confounder))

    def open(self, enctype, key, usage, cipher):
        return bytes.fromhex(self.crypto("decrypt", enctype=enctype, key=key, usage=usage, cipher=cipher))

    def keytab(self, *more):
        return keytab(keytab_entry(self.service, self.enctype, self.key, self.kvno), *more)

    def enc_ticket(self, client="alice", realm=REALM, mask=0, start=None, end=None, auth=None, transited=b"",
                   transited_type=1, session=None, session_key=None, addresses=None, data=None):
        """EncTicketPart, in the clear."""
        key = key_of(session or self.session, self.session_key if session_key is None else session_key)
        return tlv(0x63, seq(
            field(0, flags(mask)), field(1, key), field(2, text(realm)), field(3, name(client)),
            field(4, seq(field(0, num(transited_type)), field(1, octets(transited)))),
            field(5, when(self.now if auth is None else auth)),
            opt(6, None if start is None else when(start)),
            field(7, when(self.now + 36000 if end is None else end)),
            opt(9, addresses), opt(10, data)))

    def ticket(self, plain=None, service=None, realm=REALM, enctype=None, kvno=2, usage=2, key=None, label=None,
               vno=5, **more):
        """Ticket; `label` lies about the type of its key."""
        enctype = enctype or self.enctype
        plain = self.enc_ticket(**more) if plain is None else plain
        cipher = self.seal(enctype, key or self.key, usage, plain)
        return app(1, field(0, num(vno)), field(1, text(realm)), field(2, name(service or self.service, 2)),
                   field(3, encrypted(label or enctype, cipher, kvno)))

    def authenticator(self, client="alice", realm=REALM, cksum=None, cksum_type=0x8003, ctime=None, cusec=None,
                      subkey=True, seq_number=1000, data=None, vno=5):
        """Authenticator, in the clear; subkey True, None, or (type, bytes)."""
        if cksum is None:
            cksum = gss_checksum(0x3e)
        if subkey is True:
            subkey = (self.session, self.subkey)
        if cusec is None:
            self.count += 1
            cusec = self.count % 1000000
        return tlv(0x62, seq(
            field(0, num(vno)), field(1, text(realm)), field(2, name(client)),
            opt(3, None if cksum is False else seq(field(0, num(cksum_type)), field(1, octets(cksum)))),
            field(4, num(cusec)), field(5, when(self.now if ctime is None else ctime)),
            opt(6, None if subkey is None else key_of(*subkey)),
            opt(7, None if seq_number is None else num(seq_number)), opt(8, data)))

    def ap_req(self, ticket=None, auth=None, options=0x20000000, usage=11, label=None, session=None,
               session_key=None, vno=5, kind=14, cut=0, **more):
        ticket = self.ticket() if ticket is None else ticket
        auth = self.authenticator(**more) if auth is None else auth
        session = session or self.session
        cipher = self.seal(session, session_key or self.session_key, usage, auth)
        if cut:
            cipher = cipher[:-cut]
        return app(14, field(0, num(vno)), field(1, num(kind)), field(2, flags(options)), field(3, ticket),
                   field(4, encrypted(label or session, cipher)))

    def token(self, *args, oid=KRB5, tok_id=0x0100, **more):
        return frame(tok_id, self.ap_req(*args, **more), oid).hex()

    def cache(self, client="alice", ticket=None, start=None, end=None, mask=0, tickets=()):
        """A cache with a ticket for the service, and others."""
        entry = (self.service, self.session, self.session_key, ticket or self.ticket(),
                 self.now if start is None else start, self.now + 36000 if end is None else end, mask)
        return cache(client, entry, *tickets)

    def read_request(self, token):
        """(AP-REQ, authenticator) of our initiator's token."""
        request = Node(unframe(bytes.fromhex(token))[1])
        enc = request.get(4)
        return request, Node(self.open(enc.int(0), self.session_key, 11, enc.bytes(2)))

    def reply(self, ctime, cusec, subkey=None, seq_number=7, usage=12, framed=True, tok_id=0x0200, label=None,
              session_key=None, plain=None):
        """AP-REP."""
        if plain is None:
            plain = tlv(0x7b, seq(field(0, when(ctime)), field(1, num(cusec)),
                                  opt(2, None if subkey is None else key_of(*subkey)),
                                  opt(3, None if seq_number is None else num(seq_number))))
        cipher = self.seal(self.session, session_key or self.session_key, usage, plain)
        body = app(15, field(0, num(5)), field(1, num(15)), field(2, encrypted(label or self.session, cipher)))
        return (frame(tok_id, body) if framed else body).hex()

    def error(self, code, framed=True):
        body = app(30, field(0, num(5)), field(1, num(30)), field(4, when(self.now)), field(5, num(0)),
                   field(6, num(code)), field(9, text(REALM)), field(10, name(self.service, 2)))
        return (frame(0x0300, body) if framed else body).hex()


def error_of(token):
    """(code, node) of a KRB-ERROR token, or None."""
    if not token:
        return None
    tok_id, body = unframe(bytes.fromhex(token))
    if tok_id not in (0x0300, None) or body[0] != 0x7e:
        return None
    node = Node(body)
    return node.int(6), node


class Tgs:
    """The KDC of one realm: TGTs of alice, and answers to TGS-REQs made with them."""

    def __init__(self, forge, realm=REALM):
        self.forge, self.realm = forge, realm
        self.key, self.session_key = forge.make_key(18, 41), forge.make_key(18, 42)

    def tgt(self, mask=FORWARDABLE, end=None):
        """An entry for cache()."""
        f = self.forge
        ticket = f.ticket(service=f"krbtgt/{self.realm.decode()}", key=self.key, mask=mask,
                          session_key=self.session_key)
        return (f"krbtgt/{self.realm.decode()}", 18, self.session_key, ticket, f.now,
                f.now + 36000 if end is None else end, mask)

    def read(self, io):
        """(body, authenticator) of a TGS-REQ."""
        request = Node(bytes.fromhex(io["request"]))
        padata = request.get(3).items()[0]
        enc = Node(padata.bytes(2)).get(4)
        auth = Node(self.forge.open(18, self.session_key, 7, enc.bytes(2)))
        return request.get(4), auth

    def reply(self, io, mask=FORWARDABLE | FORWARDED, session_key=None, service=None, client="alice", end=None):
        """A TGS-REP for what was asked: (hex, ticket)."""
        f = self.forge
        body, auth = self.read(io)
        session_key = session_key or f.make_key(18, 43)
        service = service or body.names(3)
        end = f.now + 30000 if end is None else end
        ticket = f.ticket(service=service, key=self.key, session_key=session_key, mask=mask, client=client, end=end)
        part = tlv(0x7a, seq(
            field(0, key_of(18, session_key)), field(1, seq(seq(field(0, num(0)), field(1, when(f.now))))),
            field(2, num(body.int(7))), field(4, flags(mask)), field(5, when(f.now)), field(6, when(f.now)),
            field(7, when(end)), field(9, text(self.realm)), field(10, name(service, 2))))
        cipher = f.seal(*auth.key(6), 9, part)
        return app(13, field(0, num(5)), field(1, num(13)), field(3, text(self.realm)), field(4, name(client)),
                   field(5, ticket), field(6, encrypted(18, cipher))).hex(), ticket

    def error(self, code):
        f = self.forge
        return app(30, field(0, num(5)), field(1, num(30)), field(4, when(f.now)), field(5, num(0)),
                   field(6, num(code)), field(9, text(self.realm)), field(10, name("krbtgt/X", 2))).hex()


def cred_info(key, client="alice", realm=REALM, mask=FORWARDED, end=2000000000, service=None):
    return seq(field(0, key_of(*key)), opt(1, realm and text(realm)), opt(2, client and name(client)),
               field(3, flags(mask)), field(6, when(end)), opt(8, service and text(realm)),
               opt(9, service and name(service, 2)))


def cred_part(*infos):
    return tlv(0x7d, seq(field(0, seq(*infos))))


def cred_msg(tickets, enctype, cipher):
    return app(22, field(0, num(5)), field(1, num(22)), field(2, seq(*tickets)), field(3, encrypted(enctype, cipher)))
