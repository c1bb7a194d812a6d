// Package review works out what a reviewer should know about the revisions that a branch adds, as one [Report]: what
// changes, object by object, the SQL with its transactions, hazards, assumptions, the way back, and when to deploy it.
//
// The report is data. The packages below write it: review/markdown for pull requests, review/page as one file of HTML. Its
// JSON form is what the other formats derive from; fields may be added to it, and none changes its meaning. The package
// computes only: the same input gives the same report.
package review
