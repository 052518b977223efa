#!/bin/sh
# The appliance as a deploy leaves it on a Pi, with what Raspberry Pi OS has of its own, and
# then systemd, whose last unit is the one that looks at it all.
set -e
release=/opt/inkling/releases/1
mkdir -p $release /etc/inkling /etc/udev/rules.d /etc/sysusers.d /etc/polkit-1/rules.d
cp -r /mnt/device /mnt/nn /mnt/systemd $release
ln -s releases/1 /opt/inkling/current
find $release -name __pycache__ -prune -exec rm -r {} +
python3 -m compileall -q $release
cp /mnt/systemd/inkling.service /etc/systemd/system
cp /mnt/systemd/sysusers.conf /etc/sysusers.d/inkling.conf
cp /mnt/systemd/polkit.rules /etc/polkit-1/rules.d/50-inkling.rules
cp $release/device/config.toml /etc/inkling

# Raspberry Pi OS: who owns pins and buffers.
echo 'SUBSYSTEM=="gpio", GROUP="gpio", MODE="0660"' > /etc/udev/rules.d/99-com.rules
echo 'SUBSYSTEM=="dma_heap", GROUP="video", MODE="0660"' >> /etc/udev/rules.d/99-com.rules

cat > /etc/systemd/system/prove.service <<END
[Unit]
After=multi-user.target
[Service]
ExecStart=python3 -m tests.pi.guest.appliance
ExecStopPost=systemctl --no-block poweroff -ff
WorkingDirectory=/mnt
Environment=PYTHONPATH=/mnt PYTHONDONTWRITEBYTECODE=1
StandardOutput=file:/dev/console
StandardError=file:/dev/console
[Install]
WantedBy=default.target
END
systemd-sysusers
PYTHONPATH=/mnt PYTHONDONTWRITEBYTECODE=1 python3 -c '
from tests.pi.guest import header, note
header.Header()
note.install()
note.show("7")
'
systemctl enable inkling.service prove.service 2>/dev/null
systemctl set-default multi-user.target 2>/dev/null
exec /usr/lib/systemd/systemd systemd.show_status=0
