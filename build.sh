#!/usr/bin/env bash
# Starts the Cake build: ./build.sh --target=Test; ./build.sh --description lists the targets.
set -euo pipefail

# Relative paths among the arguments are the caller's.
export PLANET_CALLER="$PWD"
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

if ! command -v dotnet >/dev/null; then
    echo "build.sh: dotnet is not on the PATH: install the .NET 10 SDK (https://dot.net) and try again" >&2
    exit 2
fi

if ! restored="$(dotnet tool restore 2>&1)"; then
    echo "$restored" >&2
    echo "build.sh: the build tool could not be restored: the package feed must be reachable the first time" >&2
    exit 1
fi

exec dotnet cake build.cake "$@"
