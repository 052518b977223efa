#!/bin/sh
# The first program of the machine: lays a root to write to over the image, which is only read,
# and runs "$@" there. The project, at /mnt, is only read as well.
set -e
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/root LANG=C.UTF-8
mount -t tmpfs tmpfs /run
mkdir /run/new /run/work /run/root
mount -t overlay -o lowerdir=/,upperdir=/run/new,workdir=/run/work overlay /run/root
cd /run/root
mount -t hostfs -o ro hostfs mnt
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t devtmpfs devtmpfs dev
mount -t configfs configfs sys/kernel/config
mount -t tmpfs tmpfs run
pivot_root . media
exec chroot . "$@" </dev/null >/dev/console 2>&1
