//go:build darwin || linux

package launch

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// prefixes are where packages that are not on the PATH live: of Homebrew on Apple silicon, on Intel and on Linux.
var brewPrefixes = []string{"/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew"}

// findOrInstall returns the programs of every engine, in the order of the engines.
func findOrInstall(ctx context.Context, engines []Engine, options Options) ([]Programs, error) {
	programs, missing := findAll(ctx, engines)
	if missing == nil {
		return programs, nil
	}
	if err := ctx.Err(); err != nil { // the search was cut short
		return nil, err
	}
	if options.Install {
		if err := install(ctx, missing.engines(), options.Log); err != nil {
			missing.install = err
			return nil, missing
		}
		programs, missing = findAll(ctx, engines)
		if missing == nil {
			return programs, nil
		}
	}
	return nil, missing
}

func findAll(ctx context.Context, engines []Engine) ([]Programs, *MissingError) {
	var missing MissingError
	programs := make([]Programs, len(engines))
	for i, engine := range engines {
		found, err := engine.Find(ctx)
		if err != nil {
			missing.found = append(missing.found, lack{engine: engine, err: err})
		}
		programs[i] = found
	}
	if len(missing.found) > 0 {
		return nil, &missing
	}
	return programs, nil
}

// searchPath returns the folders of the PATH and those that match the patterns, the newest version of each pattern
// first, every one once.
func searchPath(patterns ...string) []string {
	folders := filepath.SplitList(os.Getenv("PATH"))
	for _, pattern := range patterns {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			continue
		}
		slices.SortStableFunc(matches, func(a, b string) int { return compareVersions(b, a) })
		folders = append(folders, matches...)
	}
	var unique []string
	for _, folder := range folders {
		if filepath.IsAbs(folder) && !slices.Contains(unique, folder) {
			unique = append(unique, folder)
		}
	}
	return unique
}

// compareVersions compares two paths by the numbers in them, so that …/9.6/bin comes before …/15/bin.
func compareVersions(a, b string) int {
	return slices.Compare(numbers(a), numbers(b))
}

func numbers(text string) []int {
	var all []int
	for _, digits := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		if n, err := strconv.Atoi(digits); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// executable returns the path of a program in a folder, and whether there is one.
func executable(folder, name string) (string, bool) {
	path := filepath.Join(folder, name)
	info, err := os.Stat(path)
	return path, err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// firstLine returns the first line that a program prints, such as what it says to --version.
func firstLine(ctx context.Context, program string, args ...string) string {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.WaitDelay = time.Second
	output, err := cmd.Output()
	line, _, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	if line == "" && err != nil {
		return err.Error()
	}
	return line
}

// notFoundError says what was looked at in vain.
func notFoundError(product string, programs string, rejected []string) error {
	message := fmt.Sprintf("no %s server: %s is neither on the PATH nor where packages put it", product, programs)
	for _, reason := range rejected {
		message += "\n  " + reason
	}
	return fmt.Errorf("%s", message)
}
