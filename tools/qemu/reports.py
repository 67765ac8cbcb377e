# SPDX-License-Identifier: GPL-2.0-only
"""What a kernel prints when something is wrong with it."""

import pathlib
import re

# name, pattern, a line that it has to catch (planted by the self-test)
KINDS = [
    ("kasan", r"BUG: KASAN", "BUG: KASAN: slab-out-of-bounds in f+0x1/0x2 [ksspi]"),
    ("kcsan", r"BUG: KCSAN", "BUG: KCSAN: data-race in f / g"),
    ("kfence", r"BUG: KFENCE", "BUG: KFENCE: use-after-free read in f"),
    ("ubsan", r"\bUBSAN:", "UBSAN: array-index-out-of-bounds in a.c:3:4"),
    ("slab", r"BUG \S+ \(.*\):", "BUG kmalloc-64 (Tainted: G O): Redzone overwritten"),
    ("sleep", r"sleeping function called from invalid context",
     "BUG: sleeping function called from invalid context at mm/a.h:3"),
    ("atomic", r"scheduling while atomic", "BUG: scheduling while atomic: sh/1/0x2"),
    ("lock-cycle", r"possible circular locking", "WARNING: possible circular locking dependency detected"),
    ("lock-recursion", r"possible recursive locking", "WARNING: possible recursive locking detected"),
    ("lock-order", r"possible irq lock inversion|irq-unsafe lock order detected",
     "WARNING: possible irq lock inversion dependency detected"),
    ("lock-state", r"inconsistent lock state", "WARNING: inconsistent lock state"),
    ("lock-context", r"Invalid wait context", "[ BUG: Invalid wait context ]"),
    ("lock-held", r"lock held when returning|held lock freed|bad unlock balance|still has locks held",
     "WARNING: held lock freed!"),
    ("lock-unregistered", r"trying to register non-static key", "INFO: trying to register non-static key."),
    ("lock-limit", r"MAX_LOCK\w+ too low|MAX_STACK_TRACE_ENTRIES too low", "BUG: MAX_LOCKDEP_ENTRIES too low!"),
    ("lock-debug", r"DEBUG_LOCKS_WARN_ON", "DEBUG_LOCKS_WARN_ON(1)"),
    ("spinlock", r"BUG: spinlock|spinlock bad magic", "BUG: spinlock bad magic on CPU#0, sh/1"),
    ("rcu-usage", r"suspicious RCU usage", "WARNING: suspicious RCU usage"),
    ("rcu-stall", r"rcu: INFO:|rcu_\w+ (?:self-)?detected .*stall", "rcu: INFO: rcu_preempt self-detected stall on CPU"),
    ("info-possible", r"INFO: possible", "INFO: possible something"),
    ("leak", r"unreferenced object|kmemleak: .*new suspected", "unreferenced object 0xffff888001 (size 64):"),
    ("refcount", r"refcount_t:", "refcount_t: underflow; use-after-free."),
    ("odebug", r"ODEBUG:", "ODEBUG: free active (active state 0) object: 1"),
    ("list", r"list_(?:add|del) corruption|list_add double add", "list_add corruption. next->prev should be prev"),
    ("fortify", r"memcpy: detected|detected buffer overflow|detected field-spanning",
     "memcpy: detected field-spanning write (size 9) of single field"),
    ("usercopy", r"usercopy: Kernel memory", "usercopy: Kernel memory exposure attempt detected"),
    ("oops", r"\bOops\b", "Oops: 0000 [#1] PREEMPT SMP"),
    ("gpf", r"general protection fault", "general protection fault, probably for non-canonical address"),
    ("pagefault", r"BUG: unable to handle", "BUG: unable to handle page fault for address: 0"),
    ("nullptr", r"kernel NULL pointer dereference", "kernel NULL pointer dereference, address: 8"),
    ("bug", r"kernel BUG at|\bBUG:", "kernel BUG at a.c:5!"),
    ("hung", r"blocked for more than|hung_task:", "INFO: task sh:1 blocked for more than 60 seconds."),
    ("lockup", r"(?:soft|hard) lockup|hard LOCKUP", "watchdog: BUG: soft lockup - CPU#0 stuck for 26s!"),
    ("workqueue", r"workqueue lockup|BUG: workqueue|workqueue: .*(?:leaked|flushing)",
     "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!"),
    ("nmi", r"NMI backtrace", "NMI backtrace for cpu 0"),
    ("panic", r"Kernel panic", "Kernel panic - not syncing: Fatal exception"),
    ("stack", r"corrupted stack end|stack-protector", "corrupted stack end detected inside scheduler"),
    ("memory", r"page allocation failure|Out of memory|Bad page|Bad rss|Unable to allocate memory on node",
     "sh: page allocation failure: order:0, mode:0xcc0"),
    ("slab-left", r"Objects remaining|kmem_cache_destroy|Slab cache still has objects",
     "kmem_cache_destroy sspi: Slab cache still has objects"),
    ("proc-left", r"remove_proc_entry: removing non-empty|leaking at least", "remove_proc_entry: removing non-empty directory"),
    ("percpu", r"using (?:smp_processor_id|__this_cpu\w+)\(\) in preemptible",
     "BUG: using smp_processor_id() in preemptible [00000000] code: sh/1"),
    ("unwind", r"[Uu]nreliable|WARNING: can't access registers", "WARNING: can't access registers at f; Unreliable"),
    ("module", r"Unknown symbol|disagrees about version|no symbol version",
     "ksspi: Unknown symbol sspi_x (err -2)"),
    ("kunit-off", r"kunit: disabled", "kunit: disabled"),
    ("kunit-fault", r"internal error occurred|try faulted|test case timed out", "# x: test case timed out"),
    ("warning", r"WARNING:", "WARNING: CPU: 0 PID: 1 at a.c:5 f+0x1/0x2"),
    ("trace", r"Call Trace", "Call Trace:"),
]

# Lines that look like a report and are not one: the boot messages of a stock
# kernel on processors that lack some mitigation.
HARMLESS = [
    r"(?:Spectre|MDS|TAA|MMIO|RETBleed|Speculative|SRSO|RFDS|ITS|TSA).*WARNING:",
    r"WARNING: unmet direct|WARNING: Unprivileged eBPF",
    r"blocked for more than .* disables this message",
]

_KINDS = [(name, re.compile(pattern)) for name, pattern, _ in KINDS]
_HARMLESS = re.compile("|".join(HARMLESS))


def kind_of(line):
    """The first kind of report that LINE belongs to, or None."""
    for name, pattern in _KINDS:
        if pattern.search(line):
            return name
    return None


# The head of a function's definition, as the kernel writes it: from the first
# column on, its type on the same line or on the line above.
_DEFINITION = re.compile(r"^(?:(?!return|else|typedef|extern)\w+[ \n*]+)+(\w+)\((?![^;{}]*\);)", re.M)
_RACE = re.compile(r"data-race in (\w+)(?:\.[\w.]+)? / (\w+)(?:\.[\w.]+)?$")


def functions(source):
    """The names of what the C text SOURCE defines."""
    return set(_DEFINITION.findall(source))


def functions_of(paths):
    """The same for the C sources PATHS, and those in and below a folder."""
    names = set()
    for path in map(pathlib.Path, paths):
        for file in sorted(path.rglob("*.c")) if path.is_dir() else [path]:
            names |= functions(file.read_text(encoding="utf-8", errors="replace"))
    return names


def race_within(line, names):
    """Whether LINE reports a race of two of NAMES; a function of a module
    has the module's name behind its own and is never one of them."""
    match = _RACE.search(line.strip())
    return bool(match) and match[1] in names and match[2] in names


def find(lines, allow=(), races_in=None, not_within=()):
    """Yield (kind, line) for each report; one with many lines counts once.

    RACES_IN restricts data races to those whose text matches: a kernel under
    KCSAN has races of its own. Nor count those between two functions NOT_WITHIN.
    """
    allowed = [re.compile(pattern) for pattern in allow]
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        kind = kind_of(line)
        if not kind or _HARMLESS.search(line) or any(a.search(line) for a in allowed):
            continue
        if kind in ("kcsan", "kasan"):
            # the rest of it, down to the closing rule
            end = index
            while end < len(lines) and end < index + 120 and "=======" not in lines[end]:
                end += 1
            block, index = lines[index - 1:end], end
            if kind == "kcsan" and races_in and not re.search(races_in, "\n".join(block)):
                continue
            if kind == "kcsan" and race_within(line, not_within):
                continue
        elif kind in ("trace", "unwind", "nmi") and index > 1:
            # belongs to the report above it
            above = lines[max(0, index - 150):index - 1]
            if any(kind_of(a) not in (None, "trace", "unwind", "nmi") for a in above):
                continue
        yield kind, line
