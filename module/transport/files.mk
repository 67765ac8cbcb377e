# SPDX-License-Identifier: GPL-2.0-only
ksspi-y += module/transport/netns.o module/transport/realm.o
