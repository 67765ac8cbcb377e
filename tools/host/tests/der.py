# SPDX-License-Identifier: GPL-2.0-only
"""DER as Kerberos uses it: elements out of values, and trees out of bytes."""
import calendar
import time

SEQ, INT, BITS, OCTETS, TIME, TEXT = 0x30, 2, 3, 4, 0x18, 0x1b


def tlv(tag, body):
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


def app(n, body):
    return tlv(0x60 | n, body)


def seq(*parts):
    return tlv(SEQ, b"".join(parts))


def fields(*numbered):
    """A SEQUENCE of explicitly tagged fields; those that are None are left out."""
    return seq(*[tlv(0xa0 | n, value) for n, value in numbered if value is not None])


def integer(v):
    return tlv(INT, v.to_bytes(v.bit_length() // 8 + 1, "big", signed=True))


def octets(data):
    return tlv(OCTETS, data)


def text(s):
    return tlv(TEXT, s.encode())


def bits(flags):
    return tlv(BITS, b"\0" + flags.to_bytes(4, "big"))


def gtime(seconds):
    return tlv(TIME, time.strftime("%Y%m%d%H%M%SZ", time.gmtime(seconds)).encode())


def name(name_type, *parts):
    return fields((0, integer(name_type)), (1, seq(*[text(p) for p in parts])))


def split(data):
    """The elements in a row: [(tag, body), ...]."""
    out = []
    while data:
        length, at = data[1], 2
        if length & 0x80:
            at += length & 0x7f
            length = int.from_bytes(data[2:at], "big")
        if at + length > len(data):
            raise ValueError("truncated")
        out.append((data[0], data[at:at + length]))
        data = data[at + length:]
    return out


def inner(data, *tags):
    """The contents of the one element, down through those in it."""
    for tag in tags:
        [(found, data)] = split(data)
        if found != tag:
            raise ValueError(f"tag {found:#x} instead of {tag:#x}")
    return data


def numbered(data, *tags):
    """{n: the encoding in field n} of a SEQUENCE beneath `tags`."""
    return {tag & 31: body for tag, body in split(inner(data, *tags, SEQ))}


def to_int(data):
    return int.from_bytes(inner(data, INT), "big", signed=True)


def to_bits(data):
    return int.from_bytes(inner(data, BITS)[1:5], "big")


def to_octets(data):
    return inner(data, OCTETS)


def to_text(data):
    return inner(data, TEXT).decode()


def to_time(data):
    return calendar.timegm(time.strptime(inner(data, TIME).decode(), "%Y%m%d%H%M%SZ"))


def to_name(data):
    """(type, [parts])"""
    f = numbered(data)
    return to_int(f[0]), [body.decode() for _, body in split(inner(f[1], SEQ))]


def to_list(data):
    """The encodings of the elements of a SEQUENCE OF."""
    return [tlv(tag, body) for tag, body in split(inner(data, SEQ))]
