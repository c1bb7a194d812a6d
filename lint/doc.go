// Package lint finds what a reviewer should know about a revision before it runs: lost data, locks and rewrites, code that
// breaks while it is deployed, steps without a way back. It reads operations, with the schema before each of them in hand,
// and computes only.
//
// What a statement locks and whether it copies the table is not decided here but by [ddl.EffectOf], the one table of such
// facts. A rule adds why that matters, and the safe way.
//
// [Rules] lists what is looked for; docs/rules.md is written from it. [Run] applies the rules to one revision on one engine.
package lint
