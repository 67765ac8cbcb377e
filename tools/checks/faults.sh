# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Planted faults: fault GATE TEXT-OF-THE-FINDING <<'END' commands END
# The commands run at the top of a copy of the tree.  Sourced by run.sh.

# shellcheck disable=SC2034
fault_gate=() fault_want=() fault_text=()
fault() {
	fault_gate+=("$1")
	fault_want+=("$2")
	fault_text+=("$(cat)")
}

fault layers 'planted.c:2: core may not include pkg' <<'END'
echo '// x' >module/pkg/ntlm/planted.h
printf '/* x */\n#include "../pkg/ntlm/planted.h"\n' >module/core/planted.c
END
fault layers 'planted.c:1: core may not include codec' <<'END'
echo '#include "codec/buf.h"' >module/core/planted.c
END
fault layers 'planted.c:1: pkg may not include core' <<'END'
echo '/* x */' >module/core/planted.h
echo '#include "core/planted.h"' >module/pkg/ntlm/planted.c
END
fault layers 'a package may not include another' <<'END'
mkdir -p module/pkg/other
echo '/* x */' >module/pkg/other/planted.h
echo '#include "../other/planted.h"' >module/pkg/ntlm/planted.c
END
fault layers 'codec may not include crypto' <<'END'
echo '#include "../crypto/crypto.h"' >module/codec/planted.c
END
fault layers 'a codec may not include <linux/slab.h>' <<'END'
echo '#include <linux/slab.h>' >module/codec/planted.c
END
fault layers 'a package may not include <linux/random.h>' <<'END'
echo '#include <linux/random.h>' >module/pkg/ntlm/planted.c
END
fault layers 'crypto/hash.h> is for module/crypto alone' <<'END'
echo '#include <crypto/hash.h>' >module/core/planted.c
END
fault layers 'sample may not include codec' <<'END'
mkdir -p tools/samples/planted
echo '#include "../../../module/codec/buf.h"' >tools/samples/planted/planted.c
END
fault layers 'planted.c:2: kernel version test' <<'END'
printf '\n#if LINUX_VERSION_CODE > 5\n#endif\n' >module/core/planted.c
END
fault layers 'planted.c:1: conditional code' <<'END'
printf '#ifdef CONFIG_SSPI_NTLM\n#endif\n' >module/core/planted.c
END
fault layers 'planted.c:1: conditional code' <<'END'
printf '#if IS_ENABLED(CONFIG_KEYS)\n#endif\n' >module/pkg/ntlm/planted.c
END
fault layers 'planted.c:3: conditional code' <<'END'
printf 'void f(void)\n{\n#ifdef CONFIG_SSPI_TEST_DEVICE\n\tg();\n#endif\n}\n' >module/core/planted.c
END
fault layers 'planted.c:601: 601 lines' <<'END'
seq -f '/* %g */' 601 >module/core/planted.c
END
fault layers 'planted\(\) has 61 lines' <<'END'
{ echo 'void planted(void)'; echo '{'; seq -f '	x(%g);' 58; echo '}'; } >module/core/planted.c
END
fault secrecy 'planted.c:1: bytes in hex' <<'END'
echo 'void f(void) { pr_info("%*ph", 16, x); }' >module/core/planted.c
END
fault secrecy 'planted.c:1: a dump of bytes' <<'END'
echo 'void f(void) { print_hex_dump_bytes("", 0, x, 16); }' >module/core/planted.c
END
fault secrecy 'planted.c:1: a secret compared' <<'END'
echo 'int f(void) { return memcmp(ctx->mic, other, 16); }' >module/pkg/ntlm/planted.c
END
fault secrecy 'planted.c:1: a secret freed' <<'END'
echo 'void f(void) { kfree(cred->nt_hash); }' >module/core/planted.c
END
fault secrecy 'planted.c:1: a secret cleared by what' <<'END'
echo 'void f(void) { memset(session_key, 0, 16); }' >module/crypto/planted.c
END
fault secrecy 'planted.c:1: a secret handed to a message' <<'END'
echo 'void f(void) { pr_warn("bad password %s", password); }' >module/core/planted.c
END
fault secrecy 'f\(\) leaves key on the stack' <<'END'
printf 'void f(void)\n{\n\tu8 key[16];\n\n\tg(key);\n}\n' >module/crypto/planted.c
END
fault constants 'ISC_REQ_INTEGRITY' <<'END'
sed -i 's/^\(#define ISC_REQ_INTEGRITY[^0]*\)0x00010000/\10x00020000/' include/linux/sspi_const.h
END
fault constants 'SEC_E_INVALID_HANDLE' <<'END'
sed -i 's/SEC_E_INVALID_HANDLE, 0x80090301/SEC_E_INVALID_HANDLE, 0x80100003/' include/linux/sspi_status.h
END
fault constants 'SEC_E_LOGON_DENIED maps to EPERM' <<'END'
sed -i 's/X(SEC_E_LOGON_DENIED, 0x8009030c, EACCES/X(SEC_E_LOGON_DENIED, 0x8009030c, EPERM/' include/linux/sspi_status.h
END
fault constants 'ASC_REQ_PLANTED is in no table' <<'END'
echo '#define ASC_REQ_PLANTED 0x1' >>include/linux/sspi_const.h
END
fault constants 'NTLMSSP_NEGOTIATE_SEAL' <<'END'
sed -i 's/^\(#define NTLMSSP_NEGOTIATE_SEAL[^0]*\)0x00000020u/\10x00000040u/' module/codec/ntlmssp.h
END
fault exports 'planted\(\) is exported without' <<'END'
printf 'void planted(void)\n{\n}\nEXPORT_SYMBOL_GPL(planted);\n' >module/core/planted.c
END
fault exports 'planted\(\) has no Return:' <<'END'
printf '/**\n * planted() - x\n *\n * Context: any.\n */\nint planted(void)\n{\n}\nEXPORT_SYMBOL_GPL(planted);\n' >module/core/planted.c
END
fault spdx 'planted.c:1: no SPDX' <<'END'
echo 'int x;' >module/core/planted.c
END
fault spdx 'planted:1: no SPDX' <<'END'
printf '#!/bin/sh\ntrue\n' >tools/planted
END
fault spdx 'planted.c:1: licence MIT' <<'END'
printf '// SPDX-License-Identifier: %s\n' MIT >module/core/planted.c
END
fault places 'planted.txt:1: a path of one machine' <<'END'
echo "see /home""/somebody/notes" >planted.txt
END
fault places 'planted.txt:1: the host of a registry' <<'END'
echo "deb http://deb.debian"".org/debian bookworm main" >planted.txt
END
fault docs 'planted.rst:1: no such file' <<'END'
echo 'See ``module/core/planted.c``.' >Documentation/planted.rst
END
fault docs 'planted.rst:1: nothing is called sspi_planted' <<'END'
echo 'Call ``sspi_planted()``.' >Documentation/planted.rst
END
fault docs 'planted.rst:1: nothing is called SEC_E_PLANTED' <<'END'
echo 'It gives ``SEC_E_PLANTED``.' >Documentation/planted.rst
END
fault docs 'planted.rst:1: no test is called planted' <<'END'
echo 'Tested by :kunit:`planted`.' >Documentation/planted.rst
END
fault docs 'planted.rst:1: the Makefile has no planted' <<'END'
echo 'Run ``make planted``.' >Documentation/planted.rst
END
fault python 'planted.py:1:1:? .*os. imported but unused' <<'END'
echo 'import os' >tools/planted.py
END
fault python 'planted.py.*line 1|SyntaxError' <<'END'
echo 'def f(:' >tools/planted.py
END
fault shell 'planted.sh:2:.*SC2086' <<'END'
printf '#!/bin/bash\nrm $1\n' >tools/planted.sh
END
fault shell 'planted:2:.*SC2086' <<'END'
printf '#!/bin/sh\nrm $1\n' >tools/planted
END
fault format 'planted.c:1:.*(clang-format-violations|code should be)' <<'END'
mkdir -p tools/fuzz
echo 'int   main( void ) {return 0;}' >tools/fuzz/planted.c
END
fault generated 'gen-upcase.py:0: its output is not up to date' <<'END'
echo '/* planted */' >>module/codec/upcase_table.h
END
fault generated 'gen-netlink.py:0: its output is not up to date' <<'END'
sed -i 's/uns-admin-perm/admin-perm/' Documentation/netlink/specs/ksspi.yaml
END
fault generated 'gen-ntlm.py:0: its output is not up to date' <<'END'
echo '/* planted */' >>kunit/vectors/ntlm_msnlmp.h
END
fault manual 'planted.rst:.*WARNING' <<'END'
printf 'Planted\n=======\n\nSee :doc:`nowhere`.\n' >Documentation/planted.rst
END
fault manual 'WARNING: .*kernel-doc.*planted' <<'END'
printf '\n.. kernel-doc:: module/core/planted.c\n   :export:\n' >>Documentation/api.rst
END
fault checkpatch 'planted.c:3:.*(CODE_INDENT|LEADING_SPACE|SPACING)' <<'END'
printf '// SPDX-License-Identifier: GPL-2.0-only\nint x;\n        int  y=3 ;\n' >module/core/planted.c
END
fault kernel-doc 'planted.c:.*warning:.*(y|planted)' <<'END'
printf '/**\n * planted() - something\n * @x: something\n */\nint planted(int x, int y)\n{\n}\n' >module/core/planted.c
END
fault build-6.12 'planted.*(unused|missing-prototypes|no previous prototype)' <<'END'
printf '\nint planted(void)\n{\n\treturn 0;\n}\n' >>module/codec/buf.c
END
fault build-7.3 'planted.*(unused|missing-prototypes|no previous prototype)' <<'END'
printf '\nint planted(void)\n{\n\treturn 0;\n}\n' >>module/codec/buf.c
END
fault build-32 'module/core/env.o: __(u?divdi3|divmoddi4|udivmoddi4)' <<'END'
printf '\ns64 planted(s64 a, s64 b);\ns64 planted(s64 a, s64 b)\n{\n\treturn a / b;\n}\n' >>module/core/env.c
END
fault sparse 'buf.c:.*warning: .*(restricted __le32|different base types|incorrect type)' <<'END'
printf '\nu32 planted(__le32 x);\nu32 planted(__le32 x)\n{\n\treturn x + 1;\n}\n' >>module/codec/buf.c
END
fault sparse 'buf.c:.*warning: .*(restricted|different base types|incorrect type)' <<'END'
printf '\n#include <linux/sspi_status.h>\nint planted(void);\nint planted(void)\n{\n\treturn SEC_E_INVALID_TOKEN;\n}\n' >>module/codec/buf.c
END
