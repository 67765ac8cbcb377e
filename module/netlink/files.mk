# SPDX-License-Identifier: GPL-2.0-only
ksspi-y += module/netlink/family.o module/netlink/gen.o \
	   module/netlink/realm.o module/netlink/object.o \
	   module/netlink/stats.o module/netlink/failure.o \
	   module/netlink/monitor.o module/netlink/queue.o
