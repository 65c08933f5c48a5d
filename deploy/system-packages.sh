#!/bin/sh
# Sees to what pip cannot install: FluidSynth, a free soundfont and, for the tests, a browser and a voice.
#
#   deploy/system-packages.sh run     what Earwitness needs
#   deploy/system-packages.sh test    that, and what its tests need
#
# With apt when allowed (root, or sudo without a password), with Homebrew on a Mac; else it stops at once and prints
# the exact command. The soundfont is FluidR3 (MIT). Recommended packages are left out: they would bring in a
# soundfont under the GPL.
set -eu
purpose=${1:-run}
missing=""

needs() { # needs PACKAGE TEST...: the package, unless the test succeeds
  package=$1; shift
  "$@" >/dev/null 2>&1 || missing="$missing $package"
}
has() { command -v "$1"; }
has_soundfont() {
  [ -n "${EARWITNESS_SOUNDFONT:-}" ] && [ -f "$EARWITNESS_SOUNDFONT" ] && return 0
  for file in /usr/share/sounds/sf2/FluidR3_GM.sf2 /usr/share/sounds/sf3/FluidR3Mono_GM.sf3 /usr/share/soundfonts/FluidR3_GM.sf2; do
    [ -f "$file" ] && return 0
  done
  return 1
}
has_browser() {
  [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ] && return 0
  for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null 2>&1 && return 0; done
  [ -d "/Applications/Google Chrome.app" ] || [ -d "/Applications/Chromium.app" ]
}
has_library() { ldconfig -p 2>/dev/null | grep -q "$1" || /sbin/ldconfig -p | grep -q "$1"; }
has_venv() { python3 -c 'import ensurepip, venv'; }

if [ "$(uname)" = "Darwin" ]; then
  needs fluid-synth has fluidsynth
  needs gettext has msgfmt
  [ "$purpose" = test ] && needs espeak-ng has espeak-ng
  if [ -n "$missing" ]; then
    if command -v brew >/dev/null 2>&1; then
      # shellcheck disable=SC2086
      brew install $missing
    else
      echo "Please install Homebrew, then:  brew install$missing" >&2; exit 1
    fi
  fi
  if ! has_soundfont; then
    echo "Homebrew has no free soundfont: get FluidR3_GM.sf2 (MIT licence) and set EARWITNESS_SOUNDFONT to where it lies." >&2; exit 1
  fi
  if [ "$purpose" = test ] && ! has_browser; then
    echo "The browser tests need Chromium:  brew install --cask chromium" >&2; exit 1
  fi
  exit 0
fi

needs python3-venv has_venv
needs fluidsynth has fluidsynth
needs gettext has msgfmt
needs fluid-soundfont-gm has_soundfont
if [ "$purpose" = test ]; then
  needs espeak-ng has espeak-ng
  needs chromium has_browser
  needs libatomic1 has_library libatomic.so.1 # Playwright's driver is a Node.js that is linked with it
  needs fonts-dejavu-core test -d /usr/share/fonts/truetype/dejavu
fi
[ -z "$missing" ] && exit 0

install="apt-get install --no-install-recommends -y$missing"
if ! command -v apt-get >/dev/null 2>&1; then
  echo "Please install with your system's package manager:$missing (named as in Debian)" >&2; exit 1
elif [ "$(id -u)" = 0 ]; then
  as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  as_root="sudo"
else
  echo "Some system packages are missing. Please run this, then the same make command again:" >&2
  echo "    sudo apt-get update && sudo $install" >&2; exit 1
fi
echo "Installing with apt:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root $install >/dev/null
