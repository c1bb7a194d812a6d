// Package launch finds, installs, starts and stops the private database servers of a test run. It works on Linux and
// macOS; elsewhere tests use the servers that the environment names (see package testenv).
package launch
