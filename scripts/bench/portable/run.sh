#!/bin/sh
# Measures on this machine's GPU: ./run.sh --help
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 1

# The system's Vulkan loader where it has one, else the one that is carried along.
has_loader() {
  for ldconfig in ldconfig /sbin/ldconfig /usr/sbin/ldconfig; do
    "$ldconfig" -p 2>/dev/null | grep -q 'libvulkan\.so\.1' && return 0
  done
  return 1
}
if ! has_loader; then
  LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here/lib"
  export LD_LIBRARY_PATH
fi

# Containers may have NVIDIA's driver where no loader looks for it.
nvidia=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
if [ -z "$VK_DRIVER_FILES$VK_ICD_FILENAMES" ] && [ -f "$nvidia" ] &&
  ! ls /usr/share/vulkan/icd.d/*.json /etc/vulkan/icd.d/*.json >/dev/null 2>&1; then
  VK_DRIVER_FILES=$nvidia
  export VK_DRIVER_FILES
fi

exec "$here/node" "$here/bench.mjs" "$@"
