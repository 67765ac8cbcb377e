# SPDX-License-Identifier: GPL-2.0-only
"""Plants each kind of report and of emptiness, and sees that it is caught."""

GOOD = """\
[    1.000000] KSSPI-GUEST-START 7.3
[    2.000000] KTAP version 1
[    2.000000] 1..1
[    2.000001]     KTAP version 1
[    2.000001]     # Subtest: sspi_one
[    2.000001]     # module: ksspi_kunit
[    2.000001]     1..3
[    2.000002]     ok 1 first
[    2.000002] ksspi: some other message
[    2.000003]         KTAP version 1
[    2.000003]         # Subtest: many
[    2.000003]         ok 1 a
[    2.000003]         ok 2 b # SKIP not here
[    2.000003]     # many: pass:1 fail:0 skip:1 total:2
[    2.000004]     ok 2 many
[    2.000004]     ok 3 third
[    2.000004] # sspi_one: pass:3 fail:0 skip:0 total:3
[    2.000005] ok 1 sspi_one
[    3.000000] ok 1 01-script
[    4.000000] KSSPI-GUEST-END rc=0
"""

EMPTY_PLAN = """\
[    2.0] x
[    2.000001]     KTAP version 1
[    2.000001]     # Subtest: sspi_two
[    2.000001]     1..0
[    2.000002] ok 2 sspi_two
"""


def planted():
    """(what, log, expected reason) for faults other than kernel reports."""
    head, end = GOOD.split("[    3.000000]")
    end = "[    3.000000]" + end
    yield "failing case", GOOD.replace("    ok 3 third", "    not ok 3 third"), "third: not ok"
    yield "failing parameter", GOOD.replace("        ok 1 a", "        not ok 1 a"), "a: not ok"
    yield "failing suite", GOOD.replace("ok 1 sspi_one", "not ok 1 sspi_one"), "outside of its cases"
    yield "failing script", GOOD.replace("ok 1 01-script", "not ok 1 01-script"), "01-script: not ok"
    yield "missing case", GOOD.replace("[    2.000004]     ok 3 third\n", ""), "2 results, 3 planned"
    yield "empty suite", head + EMPTY_PLAN + end, "ran nothing"
    yield "empty suite without plan", head + EMPTY_PLAN.replace("[    2.000001]     1..0\n", "") + end, "ran nothing"
    yield "suite cut short", GOOD.split("[    2.000004]     ok 3")[0] + "[ 4.000000] KSSPI-GUEST-END rc=0\n", "not finished"
    yield "no tests", "[    1.000000] KSSPI-GUEST-END rc=0\n", "no test ran"
    yield "only an empty plan", "[    1.000000] 1..0\n[    1.000000] KSSPI-GUEST-END rc=0\n", "no test ran"
    yield "all skipped", "[    1.000000] ok 1 a # SKIP b\n[    1.000000] KSSPI-GUEST-END rc=0\n", "every test was skipped"
    yield "empty log", "", "no test ran"
    yield "no end line", GOOD.replace("KSSPI-GUEST-END", "something"), "did not get to its end"
    yield "guest failed", GOOD.replace("rc=0", "rc=1"), "ended with 1"


def run(judge, reports):
    """Print what was not caught; return the exit status."""
    wrong, count = [], 0

    def check(what, condition, detail=""):
        nonlocal count
        count += 1
        if not condition:
            wrong.append(f"{what} {detail}".strip())

    good = judge(GOOD)
    check("sound log", (good.passed, good.failed, good.skipped) == (4, 0, 1),
          f"{good.passed} {good.failed} {good.skipped} {good.reasons}")
    check("suites", good.suites == ["many", "sspi_one"], str(good.suites))
    for what, log, reason in planted():
        verdict = judge(log)
        check(what, any(reason in r for r in verdict.reasons), str(verdict.reasons))
    for name, _, line in reports.KINDS:
        verdict = judge(GOOD.replace("ksspi: some other message", line))
        check(f"report {name}", verdict.failed == 1, str(verdict.reasons))
        check(f"report {name} by its own kind", reports.kind_of(line) is not None)
    check("harmless line", not judge(GOOD.replace(
        "ksspi: some other message", "Spectre V2 : WARNING: Unprivileged eBPF is enabled")).failed)
    race = "BUG: KCSAN: data-race in a / b\n read by task\n {}\n{}".format
    check("foreign race", not judge(GOOD + race("tick+0x1", "=" * 60), races_in=r"\[ksspi").failed)
    check("own race", judge(GOOD + race("f+0x1/0x2 [ksspi]", "=" * 60), races_in=r"\[ksspi").failed == 1)
    names = reports.functions("static bool __always_inline grab(int a)\n{\n\tcall(a);\n}\n"
                              "enum restart __sched\nget(void)\n{\n\treturn later(1);\n}\n"
                              "extern int foreign(int);\nint elsewhere(void);\n")
    check("functions of a source", names == {"grab", "get"}, str(names))
    for pair, own in (("grab / get.constprop.0", True), ("grab / memcpy", False), ("memcpy / get", False),
                      ("grab / get [ksspi]", False), ("step [ksspi] / grab", False)):
        text = race("f+0x1 [ksspi]", "=" * 60).replace("a / b", pair)
        verdict = judge(GOOD + text, races_in=r"\[ksspi", not_within=names)
        check(f"race in {pair}", verdict.failed == (0 if own else 1), str(verdict.reasons))
    check("expected line", judge(GOOD, expect=["some other"]).passed == 5)
    check("missing line", judge(GOOD, expect=["nowhere"]).failed == 1)
    check("missing suite", judge(GOOD, suites=["*race*"]).failed == 1)
    check("allowed line", not judge(GOOD + "WARNING: mine\n", allow=["mine"]).failed)
    for line in wrong:
        print(f"self-test: NOT CAUGHT {line}")
    print(f"self-test: {count - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0
