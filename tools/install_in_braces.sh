#!/bin/sh
# Install this checkout, editable, into an environment whose path has braces: tools/install_in_braces.sh PYTHON VENV.
# setuptools takes such braces for variables of its own and stops, so an environment elsewhere builds what is installed.
set -eu
builder=$(mktemp -d)
trap 'rm -rf "$builder"' EXIT
"$1" -m venv "$builder"
"$builder/bin/pip" install --quiet --no-deps --no-warn-script-location --editable . --prefix "$PWD/$2"
printf '#!/bin/sh\nexec "$(dirname "$0")/python" -m lctransfer "$@"\n' > "$2/bin/lctransfer"
