#!/usr/bin/env bash
# Builds Pulumi's command line into bin/, by which tests try infra/ with Pulumi's real engine.
#
# Its module cannot be installed by name: it replaces another one, so it is wrapped in one of ours.
set -euo pipefail
version=v3.259.0
bin=$(cd "$(dirname "$0")/.." && pwd)/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >go.mod <<END
module wrapped
go 1.25.0
require github.com/pulumi/pulumi/pkg/v3 $version
replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e
END
cat >wrapped.go <<END
//go:build wrapped
package wrapped
import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
END

export GOFLAGS=-mod=mod
mkdir -p "$bin"
go build -o "$bin/pulumi" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
sdk=$(go list -m -f '{{.Dir}}' github.com/pulumi/pulumi/sdk/v3)
install -m 755 "$sdk/python/cmd/pulumi-language-python-exec" "$bin/"
