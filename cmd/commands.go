package cmd

import "github.com/urfave/cli/v2"

// commands are all commands, in the order of the help text.
func (p *program) commands() []*cli.Command {
	return []*cli.Command{
		p.initCommand(),
		p.revisionCommand(),
		p.baselineCommand(),
		p.checkCommand(),
		p.lintCommand(),
		p.verifyCommand(),
		p.diffCommand(),
		p.resolveCommand(),
		p.upgradeCommand(),
		p.downgradeCommand(),
		p.stampCommand(),
		p.currentCommand(),
		p.historyCommand(),
		p.headsCommand(),
		p.branchesCommand(),
		p.showCommand(),
		p.mergeCommand(),
		p.rebaseCommand(),
		p.squashCommand(),
		p.editCommand(),
		p.modelsCommand(),
		p.inspectCommand(),
		p.reviewCommand(),
		p.statsCommand(),
		p.ensureVersionCommand(),
		p.completionCommand(),
		p.versionCommand(),
	}
}

func withFormat(flags ...cli.Flag) []cli.Flag { return append(flags, formatFlags()...) }

func verboseFlag() cli.Flag {
	return &cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "show everything about each revision"}
}
