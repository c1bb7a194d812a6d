package build

import (
	"slices"
	"testing"
)

func TestGoEnvironment(t *testing.T) {
	for _, variable := range []string{"PRE_COMMIT", "GOROOT", "GOTOOLCHAIN"} {
		t.Setenv(variable, "")
	}
	holds := func(wanted string) bool { return slices.Contains(goEnvironment(), wanted) }
	t.Setenv("GOTOOLCHAIN", "local")
	t.Setenv("GOROOT", "/usr/local/go")
	if !holds("GOTOOLCHAIN=local") || !holds("GOROOT=/usr/local/go") {
		t.Error("what the user has set is dropped")
	}
	t.Setenv("PRE_COMMIT", "1")
	if !holds("GOTOOLCHAIN=local") || !holds("GOROOT=/usr/local/go") {
		t.Error("under pre-commit, what the user has set is dropped")
	}
	t.Setenv("GOROOT", "/home/a/.cache/pre-commit/repo1/golangenv-default/.go")
	if holds("GOTOOLCHAIN=local") || holds("GOROOT=/home/a/.cache/pre-commit/repo1/golangenv-default/.go") || !holds("PRE_COMMIT=1") {
		t.Errorf("the Go of pre-commit binds the user's module: %q", goEnvironment())
	}
	if slices.ContainsFunc(goSettings(), func(s string) bool { return s == "GOTOOLCHAIN=local" }) {
		t.Error("a driver is kept apart for a variable that is dropped")
	}
}
