//go:build !darwin && !linux

// Command testservers runs a command with database servers for its tests. It works on Linux and macOS.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "testservers: private servers are started on Linux and macOS only.\n"+
		"Set RETORT_TEST_POSTGRES_URL and RETORT_TEST_MYSQL_URL and run \"go test ./...\", or set RETORT_TEST_ENGINES=sqlite")
	os.Exit(1)
}
