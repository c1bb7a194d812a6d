// Command retort writes, reviews and applies migrations for bun models. Run "retort --help".
package main

import (
	"os"

	"github.com/retort-db/retort/cmd"
)

func main() { os.Exit(cmd.Run(os.Args, cmd.Process())) }
