package cmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

func (p *program) lintCommand() *cli.Command {
	return &cli.Command{
		Name: "lint", Category: "review", Usage: "find what revisions lose, lock, copy or break", ArgsUsage: "[REVISION|FROM:TO]…   (default: heads)",
		Description: "Reads what the revisions do, with the schema before each step, for every engine of the project. Needs no database.\n" +
			"docs/rules.md describes the rules. Exits with 4 if --fail-on forbids what was found.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "base", Usage: "look at what this branch adds to that one, found with git; \"auto\" finds the base, too"},
			failOnFlag("exit with 4 on these"),
			&cli.StringFlag{Name: "dialect", Usage: "the only engine to look at", DefaultText: "all of the project"},
			&cli.StringFlag{Name: "server-version", Usage: "the version of its server: 15.4, mariadb-10.11", DefaultText: "the oldest that Retort supports"},
			&cli.StringFlag{Name: "stats", Usage: "a file of retort stats, with the sizes of tables and the version of the server"},
			&cli.StringFlag{Name: "format", Usage: "text, json, github, sarif or gitlab", DefaultText: "text"},
			&cli.BoolFlag{Name: "json", Usage: "short for --format json"},
		},
		Action: p.action(arity{0, anyNumber}, (*invocation).lint),
	}
}

func failOnFlag(usage string) cli.Flag {
	return &cli.StringSliceFlag{Name: "fail-on", Usage: usage + ": severities (danger, warning, info), categories (destructive, lock …) and rules, with commas"}
}

// linted is one finding with the revision and place that it is about, and the engines that have it.
type linted struct {
	lint.Finding
	Revision string           `json:"revision,omitempty"`
	File     string           `json:"file,omitempty"`
	Line     int              `json:"line,omitempty"`
	Engines  []schema.Dialect `json:"engines,omitempty"`
}

// lintResult is what was found in some revisions.
type lintResult struct {
	Revisions []string `json:"revisions"`
	Findings  []linted `json:"findings"`
	Allowed   []linted `json:"allowed"` // by directives
}

func (i *invocation) lint() error {
	policy, err := i.policy()
	if err != nil {
		return err
	}
	sizes, server, err := i.lintStatistics()
	if err != nil {
		return err
	}
	h, err := i.revisions()
	if err != nil {
		return err
	}
	chosen, err := i.chosenRevisions(h)
	if err != nil {
		return err
	}
	servers, err := i.lintServers(server)
	if err != nil {
		return err
	}
	result, err := i.lintRevisions(h, chosen, servers, sizes)
	if err != nil {
		return err
	}
	if err := i.answerLint(result); err != nil {
		return err
	}
	return forbidden(policy, result)
}

// lintServers are the engines of the project, or the one that flags name. What the statistics say of one is known of it.
func (i *invocation) lintServers(known schema.Server) ([]schema.Server, error) {
	if i.String("dialect") != "" || i.String("server-version") != "" {
		server, err := i.scriptServer()
		return []schema.Server{server}, err
	}
	dialects, err := i.dialects()
	if err != nil {
		return nil, err
	}
	servers := make([]schema.Server, len(dialects))
	for n, dialect := range dialects {
		servers[n] = schema.Server{Dialect: dialect}
		if known.Dialect == dialect {
			servers[n] = known
		}
	}
	return servers, nil
}

// policy is what --fail-on forbids, or the configuration.
func (i *invocation) policy() (lint.Policy, error) {
	words := i.StringSlice("fail-on")
	if len(words) == 0 {
		return i.config.LintFailOn, nil
	}
	policy, err := lint.ParsePolicy(words...)
	if err != nil {
		return nil, &arguments.UsageError{Command: i.Command.Name, Text: "--fail-on: " + err.Error()}
	}
	return policy, nil
}

// forbidden ends the command with the code for a violated policy if findings violate it.
func forbidden(policy lint.Policy, result *lintResult) error {
	count := 0
	for _, one := range result.Findings {
		if policy.Forbids(one.Finding) {
			count++
		}
	}
	if count == 0 {
		return nil
	}
	return &outcome{code: exitPolicy, text: fmt.Sprintf("%s that --fail-on %s forbids", plural(count, "finding"), strings.Join(policy, ","))}
}

// lintStatistics reads the file of --stats.
func (i *invocation) lintStatistics() (lint.Sizes, schema.Server, error) {
	path := i.String("stats")
	if path == "" {
		return nil, schema.Server{}, nil
	}
	read, err := readStatistics(path)
	if err != nil {
		return nil, schema.Server{}, err
	}
	sizes := lint.Sizes{}
	for _, table := range read.Tables {
		if table.Rows >= 0 { // a size that is not known is none
			sizes[table.Table] = lint.Size{Rows: table.Rows, Bytes: table.Bytes}
		}
	}
	return sizes, serverNamed(read.Dialect, read.Server), nil
}

// serverNamed reads what [schema.Server.String] writes.
func serverNamed(dialect schema.Dialect, text string) schema.Server {
	server := schema.Server{Dialect: dialect}
	if strings.HasPrefix(text, "MariaDB") {
		server.Flavor = schema.MariaDB
	}
	_, version, _ := strings.Cut(text, " ")
	// A part that is missing stays 0.
	_, _ = fmt.Sscanf(version, "%d.%d.%d", &server.Version.Major, &server.Version.Minor, &server.Version.Patch)
	return server
}

// chosenRevisions are those that the arguments name, or the heads.
func (i *invocation) chosenRevisions(h *history) ([]string, error) {
	var ids []string
	add := func(metas []versions.Meta) {
		for _, meta := range metas {
			if !slices.Contains(ids, meta.ID) {
				ids = append(ids, meta.ID)
			}
		}
	}
	if base := i.String("base"); base != "" {
		if i.Args().Len() > 0 {
			return nil, &arguments.UsageError{Command: i.Command.Name, Text: "--base and revisions exclude each other"}
		}
		branch, err := i.branchFrom(strings.TrimPrefix(base, "auto"))
		if err != nil {
			return nil, err
		}
		for _, source := range branch.added {
			ids = append(ids, source.ID)
		}
		return ids, nil
	}
	if i.Args().Len() == 0 {
		return h.graph.Heads(), nil
	}
	for _, argument := range i.Args().Slice() {
		if !strings.Contains(argument, ":") {
			metas, err := i.resolveAll(h, []string{argument})
			if err != nil {
				return nil, err
			}
			add(metas)
			continue
		}
		metas, err := h.graph.Range(argument, h.current)
		if err != nil {
			return nil, i.inTable(err)
		}
		add(metas)
	}
	return ids, nil
}

// lintRevisions applies the rules to revisions on some servers. Directives in their files are respected.
func (i *invocation) lintRevisions(h *history, chosen []string, servers []schema.Server, sizes lint.Sizes) (*lintResult, error) {
	result := &lintResult{Revisions: []string{}, Findings: []linted{}, Allowed: []linted{}}
	if len(chosen) == 0 {
		return result, nil
	}
	replay, needed := leadingTo(h.graph, chosen)
	dialects := make([]schema.Dialect, len(servers))
	request := protocol.LoadRequest{Replay: &replay, Operations: needed}
	for n, server := range servers {
		dialects[n] = server.Dialect
		request.Dialects = append(request.Dialects, protocol.DialectOptions{Dialect: server.Dialect})
	}
	built, err := i.build(revisionsOnly, dialects)
	if err != nil {
		return nil, err
	}
	loaded, err := i.load(built, request)
	if err != nil {
		return nil, err
	}
	var allowances lint.Allowances
	metas := map[string]versions.Meta{}
	for _, id := range needed {
		if !slices.Contains(chosen, id) {
			continue
		}
		metas[id], _ = h.graph.Get(id)
		result.Revisions = append(result.Revisions, id)
		source, err := os.ReadFile(metas[id].File)
		if err == nil {
			err = allowances.Read(metas[id].File, source)
		}
		if err != nil {
			return nil, err
		}
	}
	for n, one := range loaded.Dialects {
		if err := result.engine(one, servers[n], metas, sizes, i.config.Lint, &allowances); err != nil {
			return nil, err
		}
	}
	for _, problem := range allowances.Problems(i.config.Lint) {
		result.Findings = append(result.Findings, linted{Finding: problem.Finding, File: problem.File, Line: problem.Line})
	}
	return result, nil
}

// engine lints the chosen revisions of what was loaded for one engine.
func (result *lintResult) engine(loaded protocol.Loaded, server schema.Server, chosen map[string]versions.Meta, sizes lint.Sizes, project lint.Project, allowances *lint.Allowances) error {
	state := loaded.Replayed.Clone()
	for _, recorded := range loaded.Revisions {
		recorded.Restore()
		meta, wanted := chosen[recorded.ID]
		if wanted {
			findings, err := lint.Run(lint.Input{
				Server: server, Before: state, Upgrade: recorded.Upgrade, Downgrade: recorded.Downgrade,
				Irreversible: recorded.Irreversible, Sizes: sizes, Project: project, File: filepath.ToSlash(meta.File),
			})
			if err != nil {
				return misfit(recorded.ID, meta, err)
			}
			placeOf := func(f lint.Finding) lint.Place { return placeIn(recorded, meta, f) }
			kept, allowed := allowances.Filter(findings, placeOf)
			result.Findings = merged(result.Findings, kept, recorded.ID, server.Dialect, placeOf)
			result.Allowed = merged(result.Allowed, allowed, recorded.ID, server.Dialect, placeOf)
		}
		for _, operation := range recorded.Upgrade {
			if err := operation.Apply(state); err != nil {
				return misfit(recorded.ID, meta, err)
			}
		}
	}
	return nil
}

func misfit(id string, meta versions.Meta, err error) error {
	var effect *op.EffectError
	if errors.As(err, &effect) {
		return &versions.ReplayError{Revision: id, Place: fmt.Sprintf("%s:%d", meta.File, meta.Line), Cause: err}
	}
	return err
}

// placeIn returns where a finding is: at its step, or at the revision.
func placeIn(recorded protocol.Recorded, meta versions.Meta, f lint.Finding) lint.Place {
	if f.Operation >= 0 && f.Operation < len(recorded.Places) {
		place := recorded.Places[f.Operation]
		if f.Step < len(place.Steps) {
			place = place.Steps[f.Step]
		}
		if place.Line > 0 {
			return lint.Place{File: place.File, Line: place.Line}
		}
	}
	return lint.Place{File: meta.File, Line: meta.Line}
}

// merged adds findings of one engine to those of others: what is the same is said once.
func merged(all []linted, more []lint.Finding, revision string, dialect schema.Dialect, placeOf func(lint.Finding) lint.Place) []linted {
	for _, finding := range more {
		place := placeOf(finding)
		at := slices.IndexFunc(all, func(one linted) bool {
			return one.Revision == revision && one.File == place.File && one.Line == place.Line && one.Rule == finding.Rule && one.Severity == finding.Severity &&
				one.Object == finding.Object && one.Text == finding.Text && !slices.Contains(one.Engines, dialect)
		})
		if at >= 0 {
			all[at].Engines = append(all[at].Engines, dialect)
			continue
		}
		all = append(all, linted{Finding: finding, Revision: revision, File: place.File, Line: place.Line, Engines: []schema.Dialect{dialect}})
	}
	return all
}

// leadingTo returns the revisions from which a replay starts, and those that follow it up to the chosen ones, in order.
func leadingTo(graph *versions.Graph, chosen []string) (replay, needed []string) {
	before := map[string]bool{}
	var walk func(id string)
	walk = func(id string) {
		if before[id] {
			return
		}
		before[id] = true
		for _, parent := range parentsOf(graph, id) {
			walk(parent)
		}
	}
	for _, id := range chosen {
		walk(id)
	}
	follows := map[string]bool{}
	for _, meta := range graph.All() {
		if !before[meta.ID] {
			continue
		}
		parents := parentsOf(graph, meta.ID)
		if slices.Contains(chosen, meta.ID) || slices.ContainsFunc(parents, func(id string) bool { return follows[id] }) {
			follows[meta.ID] = true
			needed = append(needed, meta.ID)
		}
	}
	for _, id := range needed {
		for _, parent := range parentsOf(graph, id) {
			if !follows[parent] && !slices.Contains(replay, parent) {
				replay = append(replay, parent)
			}
		}
	}
	if len(replay) == 0 {
		replay = []string{"base"}
	}
	return replay, needed
}

func parentsOf(graph *versions.Graph, id string) []string {
	meta, _ := graph.Get(id)
	return slices.Concat(meta.Revises, graph.Dependencies(id))
}
