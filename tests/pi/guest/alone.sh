#!/bin/sh
# One program of the project alone in the machine, which ends with it.
export PYTHONPATH=/mnt PYTHONDONTWRITEBYTECODE=1 LG_WD=/run
cd /mnt
python3 -m "$1"
exec systemctl poweroff -ff
