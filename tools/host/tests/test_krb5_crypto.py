# SPDX-License-Identifier: GPL-2.0-only
"""The cryptography of Kerberos: every published vector, then bent and cut ones."""
import json
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../../drive")]
from driver import Drive  # noqa: E402

DATA = os.path.join(HERE, "../../vectors/data")
ENCTYPES = (16, 17, 18, 19, 20, 23, 25, 26)
LENGTHS = {16: (24, 21, 8, 20), 17: (16, 16, 16, 12), 18: (32, 32, 16, 12), 19: (16, 16, 16, 16),
           20: (32, 32, 16, 24), 23: (16, 16, 8, 16), 25: (16, 16, 16, 16), 26: (32, 32, 16, 16)}
REFUSED = ("SEC_E_INVALID_PARAMETER", "SEC_E_INVALID_TOKEN", "SEC_E_MESSAGE_ALTERED")


def load(name):
    with open(os.path.join(DATA, name + ".json"), encoding="utf-8") as f:
        return json.load(f)


def cases(name):
    return load(name)["cases"]


def flips(data):
    """Every byte of a text in hex, one bit of it turned; another bit each time."""
    raw = bytes.fromhex(data)
    for at, byte in enumerate(raw):
        yield (raw[:at] + bytes([byte ^ 1 << at % 8]) + raw[at + 1:]).hex()


class Case(unittest.TestCase):
    def setUp(self):
        self.d = Drive()

    def tearDown(self):
        self.assertEqual(self.d.close(), (0, ""))

    def crypto(self, op, **params):
        params = {name: value for name, value in params.items() if value is not None}
        return self.d.call("crypto", name=op, params=params)

    def result(self, op, **params):
        answer = self.crypto(op, **params)
        self.assertEqual(answer["status"], "SEC_E_OK", (op, params, answer))
        return answer["result"]

    def status(self, op, want, **params):
        answer = self.crypto(op, **params)
        wanted = (want,) if isinstance(want, str) else want
        self.assertIn(answer["status"], wanted, (op, params, answer))
        self.assertNotIn("result", answer)

    def encrypt(self, case, **more):
        params = {name: case[name] for name in ("enctype", "key", "usage", "plain", "confounder")}
        return self.result("encrypt", **dict(params, **more))

    def decrypt_params(self, case):
        return {name: case[name] for name in ("enctype", "key", "usage")}


class Vectors(Case):
    def test_nfold(self):
        for case in cases("krb5_nfold"):
            self.assertEqual(self.result("nfold", data=case["in"], bits=case["bits"]), case["out"], case["id"])

    def test_derive(self):
        for case in cases("krb5_derive"):
            params = {"enctype": case["enctype"], "key": case["base_key"], "constant": case["constant"]}
            self.assertEqual(self.result("derive", **params), case["out"], case["id"])
            self.assertEqual(self.result("derive", length=len(case["out"]) // 2, **params), case["out"], case["id"])

    def test_encrypt(self):
        done = 0
        for case in cases("krb5_encrypt"):
            if case["enctype"] == 24:
                self.status("decrypt", "ENOSYS", cipher=case["cipher"], **self.decrypt_params(case))
                continue
            self.assertEqual(self.encrypt(case), case["cipher"], case["id"])
            plain = self.result("decrypt", cipher=case["cipher"], **self.decrypt_params(case))
            if case["enctype"] == 16:
                self.assertEqual(plain, case["plain"] + "00" * (-(len(case["plain"]) // 2) % 8), case["id"])
            else:
                self.assertEqual(plain, case["plain"], case["id"])
            done += 1
        self.assertEqual(done, 38)

    def test_checksum(self):
        for case in cases("krb5_checksum"):
            params = {name: case[name] for name in ("cksumtype", "key", "usage", "data", "enctype")}
            self.assertEqual(self.result("checksum", **params), case["out"], case["id"])
            self.assertEqual(self.result("verify_checksum", checksum=case["out"], **params), "")
            del params["enctype"]
            self.assertEqual(self.result("checksum", **params), case["out"], case["id"])

    def test_prf_cf2(self):
        for case in cases("krb5_prf_cf2"):
            if case["op"] == "prf":
                params = {"enctype": case["enctype"], "key": case["key"], "data": case["in"]}
                self.assertEqual(self.result("prf", **params), case["out"], case["id"])
                self.assertEqual(self.result("prf", length=7, **params), case["out"][:14])
                continue
            params = {name: case[name] for name in ("enctype", "key1", "key2", "pepper1", "pepper2")}
            self.assertEqual(self.result("cf2", **params), case["out"], case["id"])
            self.assertEqual(self.result("cf2", enctype2=case["enctype"], **params), case["out"], case["id"])

    def test_string_to_key(self):
        for case in cases("krb5_string_to_key"):
            params = {name: case[name] for name in ("enctype", "password", "salt", "params")}
            # Those that MIT refuses it refuses by a test switch: the parameters are good.
            self.assertEqual(self.result("string_to_key", **params), case["key"], case["id"])

    def test_cts(self):
        for case in cases("krb5_aes_cts"):
            params = {"key": case["key"], "plain": case["plain"]}
            self.assertEqual(self.result("cts", **params), case["cipher"], case["id"])
            self.assertEqual(self.result("cts", iv=case["iv"], **params), case["cipher"], case["id"])

    def test_linux_objects(self):
        o = load("linux_gss_krb5_test_objects")["hex_objects"]
        texts = {name: name + "_plaintext" for name in (f"nfold_test{i}" for i in range(1, 8))}
        texts.update({f"nfold_test{i}": "nfold_test_kerberos" for i in range(8, 12)})
        for name, text in texts.items():
            want = o[name + "_expected_result"]
            self.assertEqual(self.result("nfold", data=o[text], bits=len(want) * 4), want, name)
        for i in range(1, 7):
            self.assertEqual(self.result("cts", key=o["rfc3962_encryption_key"], plain=o[f"rfc3962_enc_test{i}_plaintext"]),
                             o[f"rfc3962_enc_test{i}_expected_result"])
        for enctype, name in ((25, "camellia128_cts_cmac"), (26, "camellia256_cts_cmac"),
                              (19, "aes128_cts_hmac_sha256_128"), (20, "aes256_cts_hmac_sha384_192")):
            for part, last in (("Kc", "99"), ("Ke", "aa"), ("Ki", "55")):
                self.assertEqual(self.result("derive", enctype=enctype, key=o[name + "_basekey"],
                                             constant="00000002" + last), o[f"{name}_{part}"])
        key = {19: o["aes128_cts_hmac_sha256_128_basekey"], 20: o["aes256_cts_hmac_sha384_192_basekey"]}
        for i in range(1, 9):
            enctype = 19 if i < 5 else 20
            plain = ["", "rfc8009_enc_short_plaintext", "rfc8009_enc_block_plaintext", "rfc8009_enc_long_plaintext"][(i - 1) % 4]
            test = f"rfc8009_enc_test{i}"
            self.assertEqual(self.result("encrypt", enctype=enctype, key=key[enctype], usage=2, plain=o.get(plain, ""),
                                         confounder=o[test + "_confounder"]),
                             o[test + "_expected_result"] + o[test + "_expected_hmac"], test)
        plains = ["", "1", "9 bytesss", "13 bytes byte", "30 bytes bytes bytes bytes byt"]
        for i in range(1, 11):
            test = f"rfc6803_enc_test{i}"
            enctype = 25 if i < 6 else 26
            params = {"enctype": enctype, "key": o[test + "_basekey"], "usage": (i - 1) % 5}
            self.assertEqual(self.result("encrypt", plain=plains[(i - 1) % 5].encode().hex(),
                                         confounder=o[test + "_confounder"], **params), o[test + "_expected_result"], test)


class Bent(Case):
    def test_every_byte_of_a_message(self):
        last = {case["enctype"]: case for case in cases("krb5_encrypt") if case["enctype"] != 24}
        self.assertEqual(tuple(sorted(last)), ENCTYPES)
        for enctype, case in last.items():
            params = self.decrypt_params(case)
            for bent in flips(case["cipher"]):
                self.status("decrypt", "SEC_E_MESSAGE_ALTERED", cipher=bent, **params)
            for size in range(len(case["cipher"]) // 2):
                self.status("decrypt", REFUSED, cipher=case["cipher"][:2 * size], **params)
            self.status("decrypt", REFUSED, cipher=case["cipher"] + "00", **params)
            self.status("decrypt", "SEC_E_MESSAGE_ALTERED", cipher=case["cipher"], **dict(params, usage=4000 + enctype))

    def test_too_short_is_another_thing_than_altered(self):
        for enctype, (key, _, confounder, mac) in LENGTHS.items():
            for size in range(confounder + mac):
                self.status("decrypt", "SEC_E_INVALID_PARAMETER", enctype=enctype, key="01" * key, usage=1, cipher="00" * size)
            self.status("decrypt", "SEC_E_MESSAGE_ALTERED", enctype=enctype, key="01" * key, usage=1,
                        cipher="00" * (confounder + mac))

    def test_every_byte_of_a_checksum(self):
        for case in cases("krb5_checksum"):
            params = {name: case[name] for name in ("cksumtype", "key", "usage", "data", "enctype")}
            for bent in flips(case["out"]):
                self.status("verify_checksum", "SEC_E_MESSAGE_ALTERED", checksum=bent, **params)
            for size in range(len(case["out"]) // 2):
                self.status("verify_checksum", REFUSED, checksum=case["out"][:2 * size], **params)
            self.status("verify_checksum", REFUSED, checksum=case["out"] + "00", **params)
            for bent in flips(case["data"]):
                self.status("verify_checksum", "SEC_E_MESSAGE_ALTERED", checksum=case["out"], **dict(params, data=bent))

    def test_every_length(self):
        for enctype, (key, _, confounder, mac) in LENGTHS.items():
            params = {"enctype": enctype, "key": "5c" * key, "usage": 11}
            seen = set()
            for size in list(range(70)) + [511, 512, 513, 4096, 65537]:
                plain = bytes(i * 7 & 255 for i in range(size)).hex()
                cipher = self.result("encrypt", plain=plain, confounder="a5" * confounder, **params)
                whole = -(-size // 8) * 8 if enctype == 16 else size
                self.assertEqual(len(cipher) // 2, confounder + whole + mac)
                self.assertEqual(self.result("decrypt", cipher=cipher, **params)[:2 * size], plain)
                seen.add(cipher)
            self.assertEqual(len(seen), 75)

    def test_confounders(self):
        self.d.ok("env", now=1, seed=7)
        for enctype, (key, _, confounder, _) in LENGTHS.items():
            params = {"enctype": enctype, "key": "5c" * key, "usage": 11, "plain": "00" * 8}
            self.assertNotEqual(self.result("encrypt", **params), self.result("encrypt", **params))
            for size in (0, confounder - 1, confounder + 1):
                self.status("encrypt", "SEC_E_INVALID_PARAMETER", confounder="00" * size, **params)


class Keys(Case):
    def test_lengths(self):
        for enctype, (key, seed, _, _) in LENGTHS.items():
            for size in range(36):
                params = {"enctype": enctype, "data": "00" * size}
                if size == seed:
                    self.assertEqual(len(self.result("random_to_key", **params)), 2 * key)
                else:
                    self.status("random_to_key", "SEC_E_INVALID_PARAMETER", **params)
                if size != key:
                    self.status("prf", "SEC_E_INVALID_PARAMETER", enctype=enctype, key="00" * size, data="")

    def test_des3_parity(self):
        key = bytes.fromhex(self.result("random_to_key", enctype=16, data=bytes(range(21)).hex()))
        for byte in key:
            self.assertEqual(bin(byte).count("1") % 2, 1)

    def test_not_built(self):
        for enctype in (0, 1, 2, 3, 5, 7, 15, 21, 22, 24, 27, 65535, 4294967295):
            for op, more in (("random_to_key", {"data": ""}), ("prf", {"key": "", "data": ""}),
                             ("string_to_key", {"password": "", "salt": ""}),
                             ("encrypt", {"key": "", "usage": 1, "plain": ""}),
                             ("decrypt", {"key": "", "usage": 1, "cipher": ""})):
                self.status(op, "ENOSYS", enctype=enctype, **more)
        for cksumtype in (0, 1, 3, 4, 5, 6, 8, 9, 13, -1, 2147483647, -2147483648):
            self.status("checksum", "ENOSYS", cksumtype=cksumtype, key="", usage=0, data="")

    def test_a_checksum_of_another_key(self):
        self.status("checksum", "SEC_E_INVALID_PARAMETER", cksumtype=15, enctype=18, key="00" * 32, usage=1, data="")
        # That of RC4 takes any key: PA-FOR-USER signs with the session key.
        self.assertEqual(len(self.result("checksum", cksumtype=-138, enctype=18, key="00" * 32, usage=17, data="")), 32)

    def test_prf_plus(self):
        for enctype, (key, _, _, _) in LENGTHS.items():
            params = {"enctype": enctype, "key": "11" * key}
            one = self.result("prf", data="01616263", **params)
            two = self.result("prf", data="02616263", **params)
            last = self.result("prf", data="ff616263", **params)
            size = len(one) // 2
            self.assertEqual(self.result("prf_plus", data="616263", length=2 * size, **params), one + two)
            self.assertEqual(self.result("prf_plus", data="616263", length=size + 1, **params), one + two[:2])
            self.assertTrue(self.result("prf_plus", data="616263", length=255 * size, **params).endswith(last))
            self.status("prf_plus", "SEC_E_INVALID_PARAMETER", data="616263", length=255 * size + 1, **params)
            self.status("prf", "SEC_E_INVALID_PARAMETER", data="", length=size + 1, **params)

    def test_cf2_of_two_types(self):
        for one, (key1, _, _, _) in LENGTHS.items():
            for two, (key2, _, _, _) in LENGTHS.items():
                params = {"enctype": one, "key1": "21" * key1, "enctype2": two, "key2": "43" * key2,
                          "pepper1": "61", "pepper2": "62"}
                self.assertEqual(len(self.result("cf2", **params)), 2 * key1)

    def test_parameters_of_string_to_key(self):
        params = {"password": "70", "salt": "73"}
        for enctype in (17, 18, 19, 20, 25, 26):
            for bad in ("", "00", "000001", "0000000001", "00000000", "00100001", "ffffffff", "80000000"):
                self.status("string_to_key", "SEC_E_INVALID_PARAMETER", enctype=enctype, params=bad, **params)
            usual = "00001000" if enctype < 19 else "00008000"
            self.assertEqual(self.result("string_to_key", enctype=enctype, params=usual, **params),
                             self.result("string_to_key", enctype=enctype, **params))
        for enctype in (16, 23):
            self.status("string_to_key", "SEC_E_INVALID_PARAMETER", enctype=enctype, params="00001000", **params)
        # The NT hash of "password", whatever the salt is.
        self.assertEqual(self.result("string_to_key", enctype=23, password=b"password".hex(), salt="00"),
                         "8846f7eaee8fb117ad06bdd830b7586c")
        self.status("string_to_key", "SEC_E_INVALID_PARAMETER", enctype=23, password="ff", salt="")

    def test_bounds(self):
        for bits in (0, 1, 7, 63, 4096, 4294967288):
            self.status("nfold", "SEC_E_INVALID_PARAMETER", data="00", bits=bits)
        self.status("nfold", "SEC_E_INVALID_PARAMETER", data="", bits=64)
        for size in range(16):
            self.status("cts", "SEC_E_INVALID_PARAMETER", key="00" * 16, plain="00" * size)
        self.status("cts", "SEC_E_INVALID_PARAMETER", key="00" * 24, plain="00" * 16)
        self.status("cts", "SEC_E_INVALID_PARAMETER", key="00" * 16, plain="00" * 16, iv="00" * 8)
        self.status("derive", "SEC_E_INVALID_PARAMETER", enctype=17, key="00" * 16, constant="00", length=17)
        self.status("derive", "SEC_E_INVALID_PARAMETER", enctype=17, key="00" * 16, constant="")
        self.status("derive", "SEC_E_INVALID_PARAMETER", enctype=20, key="00" * 32, constant="00", length=49)
        self.status("derive", "SEC_E_UNSUPPORTED_FUNCTION", enctype=23, key="00" * 16, constant="0000000199")


class Memory(unittest.TestCase):
    def test_allocations_that_fail(self):
        """Nothing leaks, nothing is half done, whichever allocation fails."""
        for number in range(1, 12):
            drive = Drive(env={"KSSPI_HOST_FAIL_ALLOC": str(number)})
            statuses = set()
            for enctype, (key, _, confounder, _) in LENGTHS.items():
                answer = drive.call("crypto", name="encrypt", params={
                    "enctype": enctype, "key": "5c" * key, "usage": 1, "plain": "00" * 20, "confounder": "00" * confounder})
                statuses.add(answer["status"])
            self.assertEqual(statuses, {"SEC_E_OK", "SEC_E_INSUFFICIENT_MEMORY"}, number)
            self.assertEqual(drive.close()[0], 0)


if __name__ == "__main__":
    unittest.main()
