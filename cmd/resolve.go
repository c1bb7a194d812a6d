package cmd

import (
	"errors"

	"github.com/urfave/cli/v2"
)

func (p *program) resolveCommand() *cli.Command {
	return &cli.Command{
		Name: "resolve", Category: "write", Usage: "decide about likely renames in revision files",
		Action: p.action(arity{0, anyNumber}, func(i *invocation) error { return errors.New("stub") }),
	}
}
