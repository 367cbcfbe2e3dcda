#!/usr/bin/env bash
# Installs what the tests need beyond Go and Node, on a Debian machine as root. What cannot be had
# is left out; the suites that need it say so.
. "$(dirname "$0")/lib.sh"
want=()
have chromium || want+=(chromium fonts-liberation fonts-noto-core fonts-noto-cjk)
have dovecot || want+=(dovecot-core dovecot-imapd dovecot-lmtpd)
have postfix || want+=(postfix)
have initdb || want+=(postgresql)
have openssl || want+=(openssl)
have curl || want+=(curl)
have runuser || want+=(util-linux)
[ ${#want[@]} -eq 0 ] && exit 0
if ! have apt-get || [ "$(id -u)" -ne 0 ]; then
  echo "cannot install ${want[*]}: that needs root and apt-get"; exit 0
fi
export DEBIAN_FRONTEND=noninteractive
echo "installing ${want[*]}"
apt-get update -qq >/dev/null 2>&1 || true
apt-get install -y -qq --no-install-recommends "${want[@]}" >/tmp/postroom-apt.log 2>&1 ||
  { echo "apt-get could not install everything:"; tail -5 /tmp/postroom-apt.log; }
exit 0
