# SPDX-License-Identifier: GPL-2.0-only
"""NTLMv2 written a second time, from MS-NLMP, to hold the packages against."""
import hashlib
import hmac
import struct


def md4(data):
    """RFC 1320."""
    def rol(x, n):
        x &= 0xffffffff
        return (x << n | x >> (32 - n)) & 0xffffffff
    length = len(data)
    data += b"\x80" + bytes((55 - length) % 64) + struct.pack("<Q", 8 * length)
    state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
    rounds = (
        (lambda b, c, d: (b & c) | (~b & d), 0, range(16), (3, 7, 11, 19)),
        (lambda b, c, d: (b & c) | (b & d) | (c & d), 0x5a827999,
         [i % 4 * 4 + i // 4 for i in range(16)], (3, 5, 9, 13)),
        (lambda b, c, d: b ^ c ^ d, 0x6ed9eba1,
         [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15], (3, 9, 11, 15)))
    for at in range(0, len(data), 64):
        x = struct.unpack("<16I", data[at:at + 64])
        a, b, c, d = state
        for fn, const, order, shifts in rounds:
            for i, k in enumerate(order):
                a, b, c, d = d, rol(a + fn(b, c, d) + x[k] + const, shifts[i % 4]), b, c
        state = [(s + t) & 0xffffffff for s, t in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


class RC4:
    def __init__(self, key):
        self.s, self.i, self.j = list(range(256)), 0, 0
        j = 0
        for i in range(256):
            j = (j + self.s[i] + key[i % len(key)]) % 256
            self.s[i], self.s[j] = self.s[j], self.s[i]

    def crypt(self, data):
        out = bytearray()
        for byte in data:
            self.i = (self.i + 1) % 256
            self.j = (self.j + self.s[self.i]) % 256
            self.s[self.i], self.s[self.j] = self.s[self.j], self.s[self.i]
            out.append(byte ^ self.s[(self.s[self.i] + self.s[self.j]) % 256])
        return bytes(out)


def hmac_md5(key, data):
    return hmac.new(key, data, hashlib.md5).digest()


def utf16(text):
    return text.encode("utf-16-le")


def ntowf_v2(user, domain, password):
    return hmac_md5(md4(utf16(password)), utf16(user.upper()) + utf16(domain))


def filetime(seconds):
    return int(seconds * 10000000) + 116444736000000000


def fields(message):
    """The payload fields of an AUTHENTICATE_MESSAGE."""
    names = ("lm", "nt", "domain", "user", "workstation", "session_key")
    out = {"flags": struct.unpack_from("<I", message, 60)[0]}
    for i, name in enumerate(names):
        length, _, offset = struct.unpack_from("<HHI", message, 12 + 8 * i)
        out[name] = message[offset:offset + length]
    return out


def challenge_info(message):
    """Server challenge and target information of a CHALLENGE_MESSAGE."""
    length, _, offset = struct.unpack_from("<HHI", message, 40)
    return message[24:32], message[offset:offset + length]


def av_pairs(data):
    """[(id, value)] up to EOL."""
    out, at = [], 0
    while True:
        ident, length = struct.unpack_from("<HH", data, at)
        if ident == 0:
            return out
        out.append((ident, data[at + 4:at + 4 + length]))
        at += 4 + length


class Check:
    """What an NTLMv2 AUTHENTICATE must contain, worked out again."""

    def __init__(self, negotiate, challenge, authenticate, user, domain, password):
        self.auth = authenticate
        self.f = fields(authenticate)
        server_challenge, self.target_info = challenge_info(challenge)
        key = ntowf_v2(user, domain, password)
        self.proof, self.temp = self.f["nt"][:16], self.f["nt"][16:]
        self.proof_wanted = hmac_md5(key, server_challenge + self.temp)
        self.time = struct.unpack_from("<Q", self.temp, 8)[0]
        self.nonce = self.temp[16:24]
        self.pairs = dict(av_pairs(self.temp[28:]))
        self.lm_wanted = hmac_md5(key, server_challenge + self.nonce) + self.nonce
        self.key = hmac_md5(key, self.proof)
        if self.f["flags"] & 0x40000000:
            self.key = RC4(self.key).crypt(self.f["session_key"])
        self.mic = authenticate[72:88]
        blank = authenticate[:72] + bytes(16) + authenticate[88:]
        self.mic_wanted = hmac_md5(self.key, negotiate + challenge + blank)


class Session:
    """Signing and sealing with extended session security (MS-NLMP 3.4)."""

    def __init__(self, key, flags, client):
        if flags & 0x20000000:
            short = key
        elif flags & 0x80000000:
            short = key[:7]
        else:
            short = key[:5]
        self.exch, self.seq = flags & 0x40000000, 0
        way = b"client-to-server" if client else b"server-to-client"
        tail = b" key magic constant\0"
        self.sign_key = hashlib.md5(key + b"session key to " + way + b" signing" + tail).digest()
        self.seal_key = hashlib.md5(short + b"session key to " + way + b" sealing" + tail).digest()
        self.rc4 = RC4(self.seal_key)

    def _mac(self, message):
        digest = hmac_md5(self.sign_key, struct.pack("<I", self.seq) + message)[:8]
        if self.exch:
            digest = self.rc4.crypt(digest)
        token = struct.pack("<I", 1) + digest + struct.pack("<I", self.seq)
        self.seq += 1
        return token

    def sign(self, message):
        return self._mac(message)

    def seal(self, message):
        sealed = self.rc4.crypt(message)
        return self._mac(message), sealed

