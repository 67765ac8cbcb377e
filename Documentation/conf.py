# SPDX-License-Identifier: GPL-2.0-only
"""Sphinx configuration: tools/docs.sh runs it."""

import os
import sys

from docutils import nodes

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KERNEL = os.environ["KSSPI_KERNEL_SOURCE"]
sys.path.insert(0, os.path.join(KERNEL, "Documentation", "sphinx"))

project = "ksspi"
author = "the ksspi authors"
copyright = author
extensions = ["kerneldoc"]
kerneldoc_bin = os.path.join(KERNEL, "scripts", "kernel-doc")
kerneldoc_srctree = TOP
primary_domain = "c"
highlight_language = "none"
html_theme = "alabaster"
html_theme_options = {"page_width": "1100px", "sidebar_width": "230px",
                      "description": "authentication as an asynchronous kernel service"}
html_show_sphinx = False
html_copy_source = False
# Types that the reference uses and the kernel documents.
nitpicky = False
c_id_attributes = ["__must_check", "__force", "__bitwise"]


def kunit_role(name, rawtext, text, lineno, inliner, options=None, content=None):
    """The name of a KUnit case; tools/checks/docs.py looks whether there is one."""
    return [nodes.literal(rawtext, text, classes=["kunit"])], []


def setup(app):
    app.add_role("kunit", kunit_role)
    return {"parallel_read_safe": True}
