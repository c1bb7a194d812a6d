package build

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// goEnvironment is the process's environment for the go command. Where pre-commit has fetched a Go of its own to install
// Retort, it also binds what its hooks run to that Go; but the user's module may need another, which the go command finds by
// itself (https://go.dev/doc/toolchain).
func goEnvironment() []string {
	all := os.Environ()
	if os.Getenv("PRE_COMMIT") == "" || filepath.Base(os.Getenv("GOROOT")) != ".go" {
		return all
	}
	return slices.DeleteFunc(all, func(variable string) bool {
		return strings.HasPrefix(variable, "GOROOT=") || strings.HasPrefix(variable, "GOTOOLCHAIN=")
	})
}
